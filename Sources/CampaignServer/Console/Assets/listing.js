// Lists by fifties.
import { attempt, count, h, redraw } from './dom.js';
import { newest } from './live.js';

/** Buttons to go through a list. */
const pager = (offset, total, go) => h('nav', { class: 'row', 'aria-label': 'Pages' },
  h('button', { type: 'button', 'data-key': 'previous', disabled: offset === 0, click: () => go(Math.max(0, offset - 50)) }, 'Previous'),
  h('span', { class: 'soft' }, total === 0 ? '0' : `${count(offset + 1)}–${count(Math.min(offset + 50, total))} of ${count(total)}`),
  h('button', { type: 'button', 'data-key': 'next', disabled: offset + 50 >= total, click: () => go(offset + 50) }, 'Next'));

/** A list below a heading, whose rows `read` brings from an offset on. */
export const listing = (place, title, before, read) => {
  const list = h('section', { 'aria-label': title });
  let offset = 0;
  const ask = async () => {
    const first = offset;
    const answer = await read(first);
    if (first === 0 || first < answer.total || first !== offset) return { ...answer, first };
    // What was on this page is gone, and the last one that there is takes its place.
    offset = Math.max(0, Math.ceil(answer.total / 50) - 1) * 50;
    return ask();
  };
  const show = newest(ask, ({ rows, first, total }) => {
    redraw(list, rows, pager(first, total, (to) => { offset = to; attempt(show); }));
  });
  place.append(h('h1', null, title), ...before, list);
  return { show, again: () => { offset = 0; return attempt(show); } };
};
