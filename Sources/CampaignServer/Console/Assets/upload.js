// Leads from a file: what its first rows are, what its columns mean, and what became of each row.
import { api } from './api.js';
import { beginning, filePlace, refusedRows, rowsOf, withRow } from './csv.js';
import { attempt, count, facts, h, table } from './dom.js';

const fields = ['phone', 'first_name', 'last_name', 'email', 'country', 'company', 'type', 'priority', 'notes', 'do_not_call'];
const previewBytes = 65536;

/** Whether a cell is a telephone number rather than the name of a column. */
const looksLikeNumber = (cell) => /^[+(]?\d[\d ().\/-]{6,24}$/.test(cell.trim());

const outcome = (answer) => {
  const { results, errors } = answer;
  const names = ['row', 'field', 'value', 'error'];
  return h('section', { 'aria-label': 'What became of the rows' },
    h('h2', null, answer.message),
    facts([
      ['Rows', count(results.total)], ['Added', count(results.inserted)], ['Refused', count(results.invalid)],
      ['There already', count(results.duplicates)], ['Do not call', count(results.dnc)],
    ]),
    refusedRows(names, answer),
    errors.length > 0 && table(`Refused rows, the first ${Math.min(errors.length, 50)}`, ['Row', 'Field', 'Value', 'Why'],
      errors.slice(0, 50).map((row) => names.map((name) => row[name]))));
};

/** The page on which leads are added. */
export const upload = async (place, id) => {
  const { campaign } = await api('GET', `/campaigns/${id}`);
  const problem = h('p', { class: 'error', role: 'alert' });
  const preview = h('div');
  const result = h('div', { role: 'status' });
  const send = async (file, header, choices) => {
    const mapping = Object.fromEntries(header.map((name, index) => [name, choices[index].value]).filter(([name, to]) => name !== '' && to));
    const form = new FormData();
    form.append('campaign_id', id);
    if (Object.keys(mapping).length > 0) form.append('field_mapping', JSON.stringify(mapping));
    form.append('file', file);
    result.replaceChildren(h('p', null, 'The file is being read.'));
    const answer = await attempt(() => api('POST', '/leads/upload', form), problem);
    result.replaceChildren();
    if (!answer) return;
    preview.replaceChildren();
    result.append(outcome(answer), h('p', null, h('a', { class: 'button main', href: `#/campaigns/${id}` }, 'To the campaign')));
  };
  // A column is named to the server, so that of several with one name the first alone can be told what it means.
  const choice = (name, index, header, first) => (header.indexOf(name) < index ? h('span', { class: 'soft' }, 'has the name of another') : h('select', { 'aria-label': `What ${name} means` },
    h('option', { value: '' }, 'by its name'),
    fields.map((each) => h('option', { value: each, selected: each === 'phone' && looksLikeNumber(first[index] ?? '') }, each))));
  const draw = (file, opening, isPerson) => {
    const rows = rowsOf(opening.text, 6);
    const header = isPerson ? rows[0].map((_, index) => `Column ${index + 1}`) : rows[0];
    const rest = isPerson ? rows.slice(0, 5) : rows.slice(1);
    const choices = header.map((name, index) => choice(name, index, header, isPerson ? rest[0] : []));
    const button = h('button', {
      type: 'button', class: 'main', id: 'send',
      click: async () => {
        button.disabled = true;
        await send(isPerson ? withRow(file, header, opening) : file, header, choices);
        button.disabled = false;
      },
    }, 'Add the leads');
    const person = h('input', { type: 'checkbox', name: 'person', checked: isPerson, change: () => draw(file, opening, person.checked) });
    preview.replaceChildren(h('section', { 'aria-label': 'Preview' },
      h('h2', null, `${file.name}, ${count(file.size)} bytes`),
      h('p', { class: 'soft' }, 'Columns are known by their names; what a name does not tell can be chosen here. Other columns are kept with the lead.'),
      h('label', { class: 'inline' }, person, 'The first row is a person. A row with names is put above it, and counted.'),
      table('What columns mean', ['Column', 'Means', ...rest.map((_, index) => `Row ${index + 2}`)],
        header.map((name, index) => [name, choices[index], ...rest.map((row) => row[index] ?? '')])),
      h('div', { class: 'row' }, button)));
  };
  const look = (file) => attempt(async () => {
    result.replaceChildren();
    const opening = await beginning(file, previewBytes);
    const [first] = rowsOf(opening.text, 1);
    if (!first) throw new Error('The file is empty.');
    draw(file, opening, first.some(looksLikeNumber));
  }, problem);
  place.append(h('p', null, h('a', { href: `#/campaigns/${id}` }, campaign.name)), h('h1', null, `Add leads to ${campaign.name}`),
    h('section', { 'aria-label': 'File' }, filePlace('Drop a CSV file here, or choose one', look)), problem, preview, result);
};
