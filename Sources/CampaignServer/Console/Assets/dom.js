// Makes elements. Data becomes text nodes only, so that nothing in it is ever read as markup.

const space = 'http://www.w3.org/2000/svg';

const fill = (element, properties, children) => {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (name === 'value') element.value = value;
    else if (name === 'checked') element.checked = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child))));
  return element;
};

/** An element with attributes, listeners and children. */
export const h = (name, properties, ...children) => fill(document.createElement(name), properties, children);

/** The same, of an SVG picture. */
export const s = (name, properties, ...children) => fill(document.createElementNS(space, name), properties, children);

const keyed = (place, key) => [...place.querySelectorAll('[data-key]')].find((each) => each.dataset.key === key);

/** Gives the focus to what has a key, or else to the place, from where the next step of the tabulator leads into it. */
const focus = (place, key) => {
  const found = keyed(place, key);
  found?.focus({ preventScroll: true });
  if (found && document.activeElement === found) return;
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
};

/**
 * Puts something in the place of what was there. What has the same `data-key` as before keeps the focus, stays scrolled
 * to the side, and is open if it was.
 */
export const redraw = (place, ...children) => {
  const active = document.activeElement;
  const hadFocus = place.contains(active);
  const before = [...place.querySelectorAll('.scroll, details')].map((each) => [each.dataset.key, each.scrollLeft, each.open]);
  place.replaceChildren();
  fill(place, null, children);
  for (const [key, left, isOpen] of before) {
    if (left > 0 || isOpen) Object.assign(keyed(place, key) ?? {}, { scrollLeft: left, open: isOpen });
  }
  if (hadFocus) focus(place, active.dataset.key);
};

/** Shows a dialog. At its end the focus is again where it was, also where that was drawn anew. */
export const open = (dialog) => {
  const before = document.activeElement;
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (!before.isConnected) focus(document.getElementById('main'), before.dataset.key);
  });
  document.body.append(dialog);
  dialog.showModal();
};

/** A table whose cells are told by their headings on narrow screens. */
export const table = (caption, headings, rows, empty = 'There are none.') => {
  if (rows.length === 0) return h('p', { class: 'soft' }, empty);
  const label = (cell, index) => h('td', { 'data-label': typeof headings[index] === 'string' ? headings[index] : '' }, cell);
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption, 'data-key': caption },
    h('table', { class: 'cards' },
      h('caption', null, caption),
      h('thead', null, h('tr', null, headings.map((heading) => h('th', { scope: 'col' }, heading)))),
      h('tbody', null, rows.map((row) => h('tr', null, row.map(label))))));
};

/** Figures with their names. */
export const facts = (pairs) => h('dl', { class: 'facts' }, pairs.map(([name, value]) => h('div', null,
  h('dt', null, name), h('dd', null, value ?? '–'))));

/** A status as a word with a colour. */
export const badge = (status) => h('span', { class: `badge ${status}` }, String(status).replaceAll('_', ' '));

/** A labelled field of a form. */
export const field = (label, name, properties = {}, element = 'input') => h('label', null, label, h(element, { name, ...properties }));

/** The names of time zones, for fields that name this list. */
export const zones = () => h('datalist', { id: 'zones' }, Intl.supportedValuesOf('timeZone').map((zone) => h('option', { value: zone })));

/** A moment in the words of whoever reads. */
export const moment = (text) => (text ? new Date(text).toLocaleString() : '–');

/** A count with separators. */
export const count = (number) => Number(number ?? 0).toLocaleString();

/** Tells something in passing, to eyes and to screen readers. */
export const tell = (text) => {
  const notice = document.getElementById('notice');
  notice.textContent = text;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { notice.textContent = ''; }, 6000);
};

/** Does something, and tells what was wrong with it where it fails. */
export const attempt = async (work, place) => {
  place?.replaceChildren();
  try {
    return await work();
  } catch (error) {
    const fields = (error.fields ?? []).map((each) => `${each.field} ${each.message}`);
    const text = fields.length ? `${error.message} (${fields.join('; ')})` : error.message;
    if (place) place.append(text);
    else tell(text);
    return undefined;
  }
};

/** Asks before something that cannot be undone. */
export const confirmed = (question, action) => new Promise((resolve) => {
  const dialog = h('dialog', { 'aria-label': question, close: () => resolve(dialog.returnValue === 'yes') },
    h('p', null, question),
    h('div', { class: 'row' },
      h('button', { type: 'button', click: () => dialog.close('no') }, 'Back'),
      h('button', { type: 'button', class: 'main', click: () => dialog.close('yes') }, action)));
  open(dialog);
});
