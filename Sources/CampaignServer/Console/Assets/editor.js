// Changing what is there, in a dialog.
import { attempt, h, open, tell } from './dom.js';

/** What a form says, by the names of its fields; null where one is empty. */
const values = (form) => Object.fromEntries([...form.elements].filter((each) => each.name).map(
  (each) => [each.name, each.type === 'checkbox' ? each.checked : each.value.trim() || null]));

/**
 * Shows fields, and hands over what was changed in them, and that alone: somebody else may have changed the others. The
 * dialog stays where that is refused.
 */
export const edit = (title, fields, keep) => {
  const problem = h('p', { class: 'error', role: 'alert' });
  const submit = async (event) => {
    event.preventDefault();
    const now = values(form);
    const changes = Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== before[name]));
    const isKept = Object.keys(changes).length === 0 || await attempt(async () => { await keep(changes); tell('It is kept.'); return true; }, problem);
    if (isKept) dialog.close();
  };
  const form = h('form', { submit },
    h('h2', null, title), problem, h('div', { class: 'grid' }, fields),
    h('div', { class: 'row' },
      h('button', { type: 'button', click: () => dialog.close() }, 'Back'), h('button', { class: 'main' }, 'Keep')));
  const dialog = h('dialog', { class: 'wide', 'aria-label': title }, form);
  const before = values(form);
  open(dialog);
};

/** A choice of words. */
export const choice = (label, name, words, value) => h('label', null, label,
  h('select', { name }, words.map((word) => h('option', { value: word, selected: word === value }, word))));
