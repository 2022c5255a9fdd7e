// The address book, from which a campaign can be made.
import { api, query } from './api.js';
import { attempt, confirmed, field, h, table, tell } from './dom.js';
import { edit } from './editor.js';
import { listing } from './listing.js';
import { concerning, paced } from './live.js';

/** The page of contacts, from which a campaign can be made. */
export const contacts = async (place) => {
  let search = '';
  const chosen = new Set();
  const number = h('span', { role: 'status' }, 'none chosen');
  const fields = (row) => [
    field('Name', 'name', { required: true, maxlength: 500, value: row.name ?? '' }),
    field('Number', 'phone_number', { required: true, type: 'tel', maxlength: 40, value: row.phone_number ?? '' }),
    field('E-mail', 'email', { type: 'email', maxlength: 254, value: row.email ?? '' }),
    field('Company', 'company', { maxlength: 1000, value: row.company ?? '' }),
    field('Country', 'country', { maxlength: 100, value: row.country ?? '' }),
    field('Notes', 'notes', { rows: 3, maxlength: 100000, value: row.notes ?? '' }, 'textarea'),
  ];
  const add = () => edit('New contact', fields({}), async (given) => { await api('POST', '/contacts', given); await page.show(); });
  const change = (row) => edit(`Contact ${row.name}`, fields(row), async (changes) => { await api('PUT', `/contacts/${row.id}`, changes); await page.show(); });
  const remove = async (row) => {
    if (!await confirmed(`Remove ${row.name || row.phone_number} from the contacts?`, 'Remove')) return;
    await attempt(async () => { await api('DELETE', `/contacts/${row.id}`); choose(row.id, false); await page.show(); });
  };
  const call = async () => {
    if (chosen.size === 0) { tell('Choose contacts first.'); return; }
    if (!await confirmed(`Call ${chosen.size} contacts now?`, 'Call these')) return;
    await attempt(async () => {
      const { campaign } = await api('POST', '/contacts/call', { contact_ids: [...chosen] });
      location.hash = `#/campaigns/${campaign.id}`;
    });
  };
  const choose = (id, isOn) => {
    if (isOn) chosen.add(id); else chosen.delete(id);
    number.textContent = `${chosen.size} chosen`;
  };
  const page = listing(place, 'Contacts', [
    h('form', { class: 'row', role: 'search', submit: (event) => { event.preventDefault(); search = event.target.elements.search.value.trim(); page.again(); } },
      h('input', { type: 'search', name: 'search', maxlength: 200, 'aria-label': 'A part of a name, an address or a number', placeholder: 'name, address or number' }),
      h('button', null, 'Find')),
    h('div', { class: 'row' },
      h('button', { type: 'button', class: 'main', click: call }, 'Call these'), number,
      h('button', { type: 'button', click: add }, 'Add a contact')),
  ], async (offset) => {
    const answer = await api('GET', `/contacts${query({ limit: 50, offset, search })}`);
    return {
      rows: table('Contacts', [h('span', null, 'Choose'), 'Name', 'Number', 'E-mail', 'Company', 'Country', 'Change'], answer.contacts.map((row) => [
        h('input', { type: 'checkbox', 'aria-label': `Choose ${row.name || row.phone_number}`, 'data-key': `choose ${row.id}`, checked: chosen.has(row.id), change: (event) => choose(row.id, event.target.checked) }),
        row.name, row.phone_number, row.email ?? '–', row.company ?? '–', row.country ?? '–',
        h('span', { class: 'together' },
          h('button', { type: 'button', 'aria-label': `Change ${row.name || row.phone_number}`, 'data-key': `change ${row.id}`, click: () => change(row) }, 'Change'), ' ',
          h('button', { type: 'button', 'aria-label': `Remove ${row.name || row.phone_number}`, 'data-key': `remove ${row.id}`, click: () => remove(row) }, 'Remove')),
      ])),
      total: answer.total,
    };
  });
  await page.show();
  // No event tells of them: they are read anew after the connection was lost, and when they are changed here.
  return concerning(paced(2000, page.show), () => false);
};
