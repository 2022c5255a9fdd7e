// Calls, contacts, agents, the do-not-call list, limits and health.
import { api, query } from './api.js';
import { attempt, badge, confirmed, count, facts, field, h, moment, pager, table, tell } from './dom.js';
import { callTable } from './campaign.js';
import { newest, paced } from './live.js';

/** A list by fifties below a heading. */
const listing = (place, title, before, read) => {
  const list = h('section', { 'aria-label': title });
  let offset = 0;
  const show = newest(() => read(offset), ({ rows, total }) => {
    list.replaceChildren(...[rows].flat(), pager(offset, total, (to) => { offset = to; attempt(show); }));
  });
  place.append(h('h1', null, title), ...before, list);
  return { show, again: () => { offset = 0; return attempt(show); } };
};

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
  const refresh = paced(4000, page.show);
  return (events) => { if (events.length === 0 || events.some((event) => event.event.startsWith('call:'))) refresh(); };
};

/** The page of contacts, from which a campaign can be made. */
export const contacts = async (place) => {
  let search = '';
  const chosen = new Set();
  const number = h('span', { role: 'status' }, 'none chosen');
  const add = (event) => {
    event.preventDefault();
    const form = event.target;
    attempt(async () => {
      await api('POST', '/contacts', { name: form.elements.name.value, phone_number: form.elements.phone_number.value });
      form.reset();
      await page.show();
    });
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
    h('div', { class: 'row' }, h('button', { type: 'button', class: 'main', click: call }, 'Call these'), number),
    h('details', null, h('summary', null, 'Add a contact'), h('form', { class: 'row', submit: add },
      field('Name', 'name', { required: true }), field('Number', 'phone_number', { required: true, type: 'tel' }), h('button', null, 'Add'))),
  ], async (offset) => {
    const answer = await api('GET', `/contacts${query({ limit: 50, offset, search })}`);
    return {
      rows: table('Contacts', [h('span', null, 'Choose'), 'Name', 'Number', 'E-mail', 'Company', 'Country'], answer.contacts.map((row) => [
        h('input', { type: 'checkbox', 'aria-label': `Choose ${row.name || row.phone_number}`, checked: chosen.has(row.id), change: (event) => choose(row.id, event.target.checked) }),
        row.name, row.phone_number, row.email ?? '–', row.company ?? '–', row.country ?? '–',
      ])),
      total: answer.total,
    };
  });
  await page.show();
};

/** The page of agents. */
export const agents = async (place) => {
  const statuses = ['available', 'busy', 'break', 'offline'];
  const add = (event) => {
    event.preventDefault();
    const form = event.target;
    attempt(async () => {
      await api('POST', '/agents', { name: form.elements.name.value, phone: form.elements.phone.value, agent_group_id: form.elements.group.value || null });
      form.reset();
      await page.show();
    });
  };
  const set = (agent, status) => attempt(async () => { await api('PUT', `/agents/${agent.id}/status`, { status }); await page.show(); });
  const page = listing(place, 'Agents', [
    h('details', null, h('summary', null, 'Add an agent'), h('form', { class: 'row', submit: add },
      field('Name', 'name', { required: true }), field('Number', 'phone', { required: true, type: 'tel' }), field('Group', 'group'), h('button', null, 'Add'))),
  ], async (offset) => {
    const answer = await api('GET', `/agents${query({ limit: 50, offset })}`);
    return {
      rows: table('Agents', ['Name', 'Status', 'Group', 'In calls', 'Calls', 'Last active', 'Set'], answer.agents.map((agent) => [
        agent.name, badge(agent.status), agent.agent_group_id ?? '–', `${agent.current_calls} of ${agent.max_concurrent_calls}`,
        count(agent.total_calls_handled), moment(agent.last_active_at),
        h('select', { 'aria-label': `Status of ${agent.name}`, value: agent.status, change: (event) => set(agent, event.target.value) },
          statuses.map((each) => h('option', { value: each, selected: each === agent.status }, each))),
      ])),
      total: answer.total,
    };
  });
  await page.show();
  const refresh = paced(3000, async () => { if (document.activeElement?.tagName !== 'SELECT') await page.show(); });
  return (events) => { if (events.length === 0 || events.some((event) => event.data.agentId)) refresh(); };
};

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
  const page = listing(place, 'Do not call', [
    h('form', { class: 'row', submit: add },
      field('Number, or first digits and a star', 'phone', { required: true }), field('Reason', 'reason'), h('button', { class: 'main' }, 'Add')),
  ], async (offset) => {
    const answer = await api('GET', `/dnc${query({ limit: 50, offset })}`);
    return {
      rows: table('Numbers that are not called', ['Number', 'Source', 'Reason', 'Since', 'Until', 'Remove'], answer.entries.map((entry) => [
        entry.phone, entry.source, entry.reason ?? '–', moment(entry.added_at), moment(entry.expires_at),
        h('button', { type: 'button', 'aria-label': `Take ${entry.phone} off`, click: () => remove(entry) }, 'Take off'),
      ])),
      total: answer.total,
    };
  });
  await page.show();
};

/** The page of limits on calls at once. */
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
      await api('PUT', '/settings/concurrency', { concurrent_calls_limit: Number(event.target.elements.limit.value) });
      tell('The limit is kept.');
      await read();
    }, problem);
  };
  const { settings } = await read();
  place.append(h('h1', null, 'Limits'), h('section', { 'aria-label': 'Calls at once' }, h('h2', null, 'Calls at once'), now, problem,
    h('form', { class: 'row', submit },
      field('Calls at once of the account, 1 to 10', 'limit', { type: 'number', min: 1, max: 10, required: true, value: Math.min(10, settings.user_concurrent_calls_limit) }),
      h('button', { class: 'main' }, 'Set'))));
  return paced(2000, read);
};

/** The page that tells whether the server is well. */
export const health = async (place) => {
  const body = h('section', { 'aria-label': 'Figures' });
  const read = async () => {
    const begin = performance.now();
    const text = await (await fetch('/metrics')).text();
    const took = performance.now() - begin;
    const figures = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), line.slice(end + 1)];
    });
    body.replaceChildren(
      h('p', null, badge('answered'), ` The server answers, in ${Math.round(took)} ms.`),
      table('What the server has counted', ['Figure', 'Value'], figures.slice(0, 200)));
  };
  place.append(h('h1', null, 'Health'), h('div', { class: 'row' }, h('button', { type: 'button', click: () => attempt(read) }, 'Look again')), body);
  await read();
};
