// Calls, limits and health.
import { api, console_, query, seen } from './api.js';
import { attempt, badge, count, facts, field, h, redraw, table, tell, zones } from './dom.js';
import { callTable } from './campaign.js';
import { listing } from './listing.js';
import { concerning, newest, paced } from './live.js';

/** The page of all calls. */
export const calls = async (place) => {
  let disposition = '';
  const choose = h('label', { class: 'inline' }, 'Outcome', h('select', { change: (event) => { disposition = event.target.value; page.again(); } },
    ['', 'answered', 'voicemail', 'no_answer', 'busy', 'failed'].map((each) => h('option', { value: each }, each.replace('_', ' ') || 'all'))));
  const page = listing(place, 'Calls', [h('div', { class: 'row' }, choose)], async (offset) => {
    const answer = await api('GET', `/calls${query({ limit: 50, offset, disposition })}`);
    return { rows: callTable('Calls, the newest first', answer.calls, true), total: answer.total };
  });
  await page.show();
  return concerning(paced(4000, page.show), ({ event }) => event.startsWith('call:'));
};

/** The time zone of the account, and what changes it. */
const zone = async () => {
  const { timezone } = await console_('GET', '/timezone');
  const problem = h('p', { class: 'error', role: 'alert' });
  const submit = (event) => {
    event.preventDefault();
    attempt(async () => {
      await console_('PUT', '/timezone', { timezone: event.target.elements.timezone.value.trim() });
      tell('The time zone is kept.');
    }, problem);
  };
  return h('section', { 'aria-label': 'Time zone' }, h('h2', null, 'Time zone'),
    h('p', { class: 'soft' }, 'That of the account’s days, and at once of campaigns and agents that have none of their own. The legal hours go by where people are.'),
    problem, h('form', { class: 'row', submit },
      field('Time zone of the account', 'timezone', { list: 'zones', required: true, value: timezone }), zones(),
      h('button', { class: 'main' }, 'Keep')));
};

/** The page of limits on calls at once, and of the account's time zone. */
export const limits = async (place) => {
  const now = h('div');
  const read = newest(() => api('GET', '/settings/concurrency'), ({ settings }) => {
    now.replaceChildren(facts([
      ['Limit of the account', count(settings.user_concurrent_calls_limit)], ['In use', count(settings.user_active_calls)],
      ['Free', count(settings.user_available_slots)], ['Limit of the system', count(settings.system_concurrent_calls_limit)],
      ['In use in all', count(settings.system_active_calls)], ['Free in all', count(settings.system_available_slots)],
    ]));
  });
  const problem = h('p', { class: 'error', role: 'alert' });
  const submit = (event) => {
    event.preventDefault();
    attempt(async () => {
      await console_('PUT', '/limit', { limit: Number(event.target.elements.limit.value) || null });
      tell('The limit is kept.');
      await read();
    }, problem);
  };
  const [own, zonePart] = await Promise.all([console_('GET', '/limit'), zone(), read()]);
  place.append(h('h1', null, 'Limits'), h('section', { 'aria-label': 'Calls at once' }, h('h2', null, 'Calls at once'), now, problem,
    h('form', { class: 'row', submit },
      field(`Calls at once of the account, up to ${count(own.system)}`, 'limit', {
        type: 'number', min: 1, max: own.system, placeholder: `that of the server: ${count(own.default)}`, value: own.limit ?? '',
      }),
      h('button', { class: 'main' }, 'Set'))), zonePart);
  return paced(2000, read);
};

/** The figures of a text for Prometheus. */
const figuresOf = (text) => text.split('\n').flatMap((line) => {
  const found = /^(\w+(?:\{.*\})?) ([-+.\w]+)$/.exec(line);
  return found ? [found.slice(1)] : [];
});

/** The page that tells whether the server is well. */
export const health = async (place) => {
  const body = h('div');
  const read = async () => {
    const begin = performance.now();
    const { status, carriers = [] } = await seen('/health') ?? {};
    const took = performance.now() - begin;
    const [{ components = {}, warnings = [], recommendations = [] } = {}, text = ''] = await Promise.all([seen('/health/comprehensive'), seen('/metrics')]);
    const figures = figuresOf(text);
    const names = { mongodb: 'store', container: 'this process' };
    const parts = [
      ...Object.entries(components).map(([name, part]) => [names[name] ?? name, part.status]), ...carriers.map((carrier) => [`carrier ${carrier.name}`, carrier.status]),
    ];
    const words = [...warnings, ...recommendations.map((advice) => advice.message)];
    redraw(
      body,
      h('section', { 'aria-label': 'State' },
        h('p', null, badge(status ?? 'answered'), ` The server answers, in ${Math.round(took)} ms.`),
        words.length > 0 && h('ul', null, words.map((text) => h('li', null, text))),
        table('What it works with', ['Part', 'State'], parts.map(([name, word]) => [name, badge(word)]))),
      figures.length > 0 && h('section', { 'aria-label': 'Figures' }, h('details', { 'data-key': 'counted' }, h('summary', { 'data-key': 'what is counted' }, 'What the server has counted'),
        table('What the server has counted', ['Figure', 'Value'], figures.slice(0, 200)))));
  };
  place.append(h('h1', null, 'Health'), h('div', { class: 'row' }, h('button', { type: 'button', click: () => attempt(read) }, 'Look again')), body);
  await read();
  // No event tells of it: it is read anew after the connection was lost, and when it is asked for.
  return concerning(paced(2000, read), () => false);
};
