// Numbers that are not called.
import { api, query } from './api.js';
import { filePlace, refusedRows } from './csv.js';
import { attempt, confirmed, count, facts, field, h, moment, table } from './dom.js';
import { listing } from './listing.js';
import { concerning, paced } from './live.js';

/** The page of the do-not-call list. */
export const doNotCall = async (place) => {
  const add = (event) => {
    event.preventDefault();
    const form = event.target;
    attempt(async () => {
      await api('POST', '/dnc', { phone_numbers: [form.elements.phone.value.trim()], reason: form.elements.reason.value || null });
      form.reset();
      await page.show();
    });
  };
  const remove = async (entry) => {
    if (!await confirmed(`Take ${entry.phone} off the list? It may be called again.`, 'Take off')) return;
    attempt(async () => { await api('DELETE', `/dnc${query({ phone: entry.phone })}`); await page.show(); });
  };
  const problem = h('p', { class: 'error', role: 'alert' });
  const result = h('div', { role: 'status' });
  const send = async (file) => {
    const form = new FormData();
    form.append('file', file);
    result.replaceChildren(h('p', null, 'The file is being read.'));
    const answer = await attempt(() => api('POST', '/dnc/upload', form), problem);
    result.replaceChildren();
    if (!answer) return;
    const { results, errors } = answer;
    const names = ['row', 'value', 'error'];
    result.append(
      facts([['Rows', count(results.total)], ['On the list', count(results.valid)], ['Refused', count(results.invalid)]]),
      refusedRows(names, answer) || '',
      errors.length > 0 ? table(`Refused rows, the first ${Math.min(errors.length, 50)}`, ['Row', 'Value', 'Why'],
        errors.slice(0, 50).map((row) => names.map((name) => row[name]))) : '');
    await page.again();
  };
  const page = listing(place, 'Do not call', [
    h('form', { class: 'row', submit: add },
      field('Number, or first digits and a star', 'phone', { required: true }), field('Reason', 'reason'), h('button', { class: 'main' }, 'Add')),
    h('section', { 'aria-label': 'A list in a file' }, filePlace('Drop a file with numbers here, or choose one', send), problem, result),
  ], async (offset) => {
    const answer = await api('GET', `/dnc${query({ limit: 50, offset })}`);
    return {
      rows: table('Numbers that are not called', ['Number', 'Source', 'Reason', 'Since', 'Until', 'Remove'], answer.entries.map((entry) => [
        entry.phone, entry.source, entry.reason ?? '–', moment(entry.added_at), moment(entry.expires_at),
        h('button', { type: 'button', 'aria-label': `Take ${entry.phone} off`, 'data-key': `take ${entry.phone} off`, click: () => remove(entry) }, 'Take off'),
      ])),
      total: answer.total,
    };
  });
  await page.show();
  return concerning(paced(3000, page.show), ({ event }) => event.startsWith('dnc:'));
};
