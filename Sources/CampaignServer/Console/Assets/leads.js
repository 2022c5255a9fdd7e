// The leads of a campaign, and one of them with its history.
import { api, console_, query } from './api.js';
import { attempt, badge, confirmed, count, facts, field, h, moment, redraw, table, tell } from './dom.js';
import { callTable, person } from './campaign.js';
import { choice, edit } from './editor.js';
import { listing } from './listing.js';
import { concerning, newest, paced } from './live.js';

/** The page of a campaign's leads. */
export const leads = async (place, id) => {
  const { campaign } = await api('GET', `/campaigns/${id}`);
  const wanted = { search: '', status: '' };
  const submit = (event) => {
    event.preventDefault();
    Object.assign(wanted, { search: event.target.elements.search.value.trim(), status: event.target.elements.status.value });
    page.again();
  };
  // In the words of the list, where one that waits is pending or queued.
  const statuses = [
    ['', 'all'], ['waiting', 'pending or queued'], ['calling', 'calling'], ['completed', 'completed'], ['failed', 'failed'],
    ['suppressed', 'dnc'], ['cancelled', 'cancelled'],
  ];
  place.append(h('p', null, h('a', { href: `#/campaigns/${id}` }, campaign.name)));
  const page = listing(place, `Leads of ${campaign.name}`, [
    h('form', { class: 'row', role: 'search', submit },
      h('input', { type: 'search', name: 'search', maxlength: 200, 'aria-label': 'A part of a name or a number', placeholder: 'name or number' }),
      h('select', { name: 'status', 'aria-label': 'Status' }, statuses.map(([value, word]) => h('option', { value }, word))),
      h('button', null, 'Find')),
  ], async (offset) => {
    const answer = await console_('GET', `/campaigns/${id}/leads${query({ limit: 50, offset, ...wanted })}`);
    return {
      rows: table('Leads', ['Number', 'Name', 'Status', 'Attempts', 'Last call', 'Next call'], answer.leads.map((lead) => [
        h('a', { href: `#/leads/${lead.id}`, 'data-key': `lead ${lead.id}` }, lead.phone), person(lead), badge(lead.status),
        count(lead.call_attempts), moment(lead.last_call_at), moment(lead.next_call_at),
      ])),
      total: answer.total,
    };
  });
  await page.show();
  return concerning(paced(4000, page.show), ({ data }) => data.campaignId === id);
};

/** The page of one lead. */
export const lead = async (place, id) => {
  const heading = h('h1');
  const body = h('div');
  const read = newest(() => console_('GET', `/leads/${id}`), ({ lead: shown, decision, calls }) => {
    heading.textContent = person(shown) === '–' ? shown.phone : person(shown);
    const stop = async () => {
      if (!await confirmed(`Never call ${shown.phone} again?`, 'Do not call')) return;
      await attempt(async () => { await api('POST', '/dnc', { phone_numbers: [shown.phone], reason: 'asked for in the console' }); tell('It is on the list.'); await read(); });
    };
    const change = () => edit(`Lead ${shown.phone}`, [
      field('First name', 'first_name', { maxlength: 1000, value: shown.first_name ?? '' }),
      field('Last name', 'last_name', { maxlength: 1000, value: shown.last_name ?? '' }),
      field('E-mail', 'email', { type: 'email', maxlength: 254, value: shown.email ?? '' }),
      field('Country', 'country', { maxlength: 100, value: shown.country ?? '' }),
      field('Type', 'type', { maxlength: 1000, value: shown.type ?? '' }),
      choice('Priority', 'priority', ['high', 'normal', 'low'], shown.priority),
      field('Notes', 'notes', { rows: 3, maxlength: 100000, value: shown.notes ?? '' }, 'textarea'),
      field('Other fields, as JSON', 'custom_fields', { rows: 3, value: JSON.stringify(shown.custom_fields, null, 1) }, 'textarea'),
    ], async ({ custom_fields: others, ...rest }) => {
      const given = others === undefined ? rest : { ...rest, custom_fields: JSON.parse(others ?? '{}') };
      await api('PUT', `/leads/${id}`, given);
      await read();
    });
    redraw(
      body,
      h('p', null, h('a', { href: `#/campaigns/${shown.campaign_id}/leads`, 'data-key': 'leads' }, 'All leads of the campaign')),
      h('section', { 'aria-label': 'Who it is' }, facts([
        ['Number', shown.phone], ['Status', badge(shown.status)], ['E-mail', shown.email], ['Country', shown.country],
        ['Attempts', count(shown.call_attempts)], ['Last call', moment(shown.last_call_at)], ['Next call', moment(shown.next_call_at)],
        ['Priority', shown.priority], ['Notes', shown.notes],
        ...Object.entries(shown.custom_fields).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
      ]), shown.do_not_call && h('p', { class: 'error' }, 'This number is not to be called.'), h('div', { class: 'row' },
        h('button', { type: 'button', 'data-key': 'change', click: change }, 'Change'),
        !shown.do_not_call && h('button', { type: 'button', 'data-key': 'stop', click: stop }, 'Do not call any more'))),
      h('section', { 'aria-label': 'Decision' },
        h('h2', null, decision.is_dialled ? 'It may be called now' : 'It is not called now'),
        h('p', null, `Rule: ${decision.rule}`, decision.citation && ` (${decision.citation})`, `, looked at ${moment(decision.decided_at)}`),
        decision.retry_at && h('p', null, `It could pass at ${moment(decision.retry_at)}.`)),
      h('section', { 'aria-label': 'History' }, h('h2', null, 'History'), callTable('Calls, the newest first', calls)),
    );
  });
  place.append(heading, body);
  await read();
  return concerning(paced(2000, read), ({ data }) => data.leadId === id);
};
