// The people who take calls.
import { api, console_, query } from './api.js';
import { attempt, badge, confirmed, count, field, h, moment, table, tell } from './dom.js';
import { choice, edit } from './editor.js';
import { concerning, paced } from './live.js';
import { listing } from './listing.js';

/** The page of agents. */
export const agents = async (place) => {
  const statuses = ['available', 'busy', 'break', 'offline'];
  const fields = (agent) => [
    field('Name', 'name', { required: true, maxlength: 200, value: agent.name ?? '' }),
    field('Number', 'phone', { required: true, type: 'tel', maxlength: 40, value: agent.phone ?? '' }),
    field('E-mail', 'email', { type: 'email', maxlength: 254, value: agent.email ?? '' }),
    field('Group', 'agent_group_id', { maxlength: 200, value: agent.agent_group_id ?? '' }),
    field('Calls at once', 'max_concurrent_calls', { type: 'number', min: 1, max: 1000, required: true, value: agent.max_concurrent_calls ?? 2 }),
  ];
  const given = (changes) => (changes.max_concurrent_calls === undefined ? changes
    : { ...changes, max_concurrent_calls: Number(changes.max_concurrent_calls) });
  const add = () => edit('New agent', fields({}), async (changes) => { await api('POST', '/agents', given(changes)); await page.show(); });
  const change = (agent) => edit(`Agent ${agent.name}`, fields(agent), async (changes) => { await console_('PUT', `/agents/${agent.id}`, given(changes)); await page.show(); });
  const remove = async (agent) => {
    if (!await confirmed(`Remove the agent ${agent.name}?`, 'Remove')) return;
    await attempt(async () => { await console_('DELETE', `/agents/${agent.id}`); tell('The agent is removed.'); await page.show(); });
  };
  const set = (agent, status) => attempt(async () => { await api('PUT', `/agents/${agent.id}/status`, { status }); await page.show(); });
  const page = listing(place, 'Agents', [
    h('div', { class: 'row' }, h('button', { type: 'button', class: 'main', click: add }, 'Add an agent')),
  ], async (offset) => {
    const answer = await api('GET', `/agents${query({ limit: 50, offset })}`);
    return {
      rows: table('Agents', ['Name', 'Status', 'Group', 'In calls', 'Calls', 'Last active', 'Set', 'Change'], answer.agents.map((agent) => [
        agent.name, badge(agent.status), agent.agent_group_id ?? '–', `${agent.current_calls} of ${agent.max_concurrent_calls}`,
        count(agent.total_calls_handled), moment(agent.last_active_at),
        h('select', {
          'aria-label': `Status of ${agent.name}`, 'data-key': `status ${agent.id}`, change: (event) => set(agent, event.target.value), blur: () => refresh(),
        },
          statuses.map((each) => h('option', { value: each, selected: each === agent.status }, each))),
        h('span', { class: 'together' },
          h('button', { type: 'button', 'aria-label': `Change ${agent.name}`, 'data-key': `change ${agent.id}`, click: () => change(agent) }, 'Change'), ' ',
          h('button', { type: 'button', 'aria-label': `Remove ${agent.name}`, 'data-key': `remove ${agent.id}`, click: () => remove(agent) }, 'Remove')),
      ])),
      total: answer.total,
    };
  });
  // A choice that may be open is not drawn anew; what was left out is made good as it loses the focus.
  const refresh = paced(3000, async () => { if (document.activeElement?.tagName !== 'SELECT') await page.show(); });
  await page.show();
  return concerning(refresh, ({ data }) => Boolean(data.agentId));
};
