// One campaign as it goes.
import { console_ } from './api.js';
import { badge, count, facts, h, moment, redraw, s, table } from './dom.js';
import { act, actions, bar } from './campaigns.js';
import { concerning, newest, paced } from './live.js';

const outcomes = [
  ['answered', 'answered'], ['voicemail', 'machine'], ['no_answer', 'no answer'], ['busy', 'busy'], ['failed', 'failed'],
];

const hourName = (text) => new Date(text).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/** Outcomes by hour, as bars that lie on each other, and as a table for whoever cannot see them. */
const chart = (hours) => {
  if (hours.length === 0) return h('p', { class: 'soft' }, 'No call has ended yet.');
  const [width, height, foot] = [720, 180, 22];
  const sum = (hour) => outcomes.reduce((total, [name]) => total + hour[name], 0);
  const most = Math.max(1, ...hours.map(sum));
  const step = (width - 40) / Math.max(hours.length, 6);
  const picture = s('svg', { viewBox: `0 0 ${width} ${height + foot}`, role: 'img', 'aria-label': `Calls by hour, ${count(most)} at most` },
    s('line', { x1: 40, x2: width, y1: height, y2: height }),
    s('text', { x: 34, y: 12, 'text-anchor': 'end' }, count(most)), s('text', { x: 34, y: height, 'text-anchor': 'end' }, '0'));
  hours.forEach((hour, index) => {
    let top = height;
    const left = 40 + index * step;
    for (const [name, word] of outcomes) {
      const tall = ((height - 10) * hour[name]) / most;
      if (tall === 0) continue;
      top -= tall;
      picture.append(s('rect', { class: `bar-${name}`, x: left + 2, y: top, width: Math.max(1, step - 4), height: tall },
        s('title', null, `${hourName(hour.start)}: ${count(hour[name])} ${word}`)));
    }
    if (hours.length <= 12 || index % 3 === 0) picture.append(s('text', { x: left + step / 2, y: height + 15, 'text-anchor': 'middle' }, hourName(hour.start)));
  });
  const legend = h('p', { class: 'row legend' }, outcomes.map(([name, word]) => h('span', null,
    s('svg', { viewBox: '0 0 1 1', 'aria-hidden': 'true' }, s('rect', { class: `bar-${name}`, width: 1, height: 1 })), word)));
  const cells = hours.map((hour) => [moment(hour.start), ...outcomes.map(([name]) => count(hour[name]))]);
  return [picture, legend, h('details', { 'data-key': 'hours' }, h('summary', { 'data-key': 'as a table' }, 'As a table'), table('Calls by hour', ['Hour', ...outcomes.map(([, word]) => word)], cells))];
};

const question = (explanation, live) => {
  if (explanation.is_dialing) return 'It is dialling';
  return live > 0 ? 'Why is no further call begun?' : 'Why is nothing dialling?';
};

const why = (explanation, live) => h('section', { 'aria-label': 'What it does now' },
  h('h2', null, question(explanation, live)), h('p', { id: 'explanation' }, explanation.text),
  h('p', { class: 'soft' }, `Rule: ${explanation.rule}`, explanation.citation && ` (${explanation.citation})`,
    explanation.until && `. It goes on at ${moment(explanation.until)}.`));

/** The name of whoever is called. */
export const person = (row) => [row.first_name, row.last_name].filter(Boolean).join(' ') || '–';

/** Calls as a table. */
export const callTable = (caption, calls, withCampaign) => table(caption,
  ['Number', 'Name', ...(withCampaign ? ['Campaign'] : []), 'Status', 'Outcome', 'Begun', 'Talked', 'Agent'],
  calls.map((call) => [
    call.lead_id ? h('a', { href: `#/leads/${call.lead_id}`, 'data-key': `call ${call.id}` }, call.to_number) : call.to_number, person(call),
    ...(withCampaign ? [call.campaign_name ?? '–'] : []), badge(call.status), call.disposition?.replace('_', ' ') ?? '–',
    moment(call.start_time), call.talk_time === null ? '–' : `${Math.round(call.talk_time)} s`, call.agent_name ?? '–',
  ]), 'No call.');

/** The page of a campaign. */
export const campaign = async (place, id) => {
  const heading = h('h1');
  const top = h('div', { class: 'row' });
  const body = h('div');
  const read = newest(() => console_('GET', `/campaigns/${id}`), (answer) => {
    const { leads } = answer;
    const shown = answer.campaign;
    const done = leads.total - leads.waiting - leads.calling;
    heading.textContent = shown.name;
    redraw(
      top, badge(shown.status), bar(done, leads.total, shown.name),
      ...actions(shown.status).map((name) => h('button', {
        type: 'button', id: `do-${name}`, 'data-key': name, class: name === 'start' || name === 'resume' ? 'main' : null,
        click: async () => { await act(name, [shown]); refresh(); },
      }, name)),
      h('a', { class: 'button', href: `#/campaigns/${id}/edit`, 'data-key': 'settings' }, 'Settings'),
      h('a', { class: 'button', href: `#/campaigns/${id}/upload`, 'data-key': 'upload' }, 'Add leads'),
      h('a', { class: 'button', href: `#/campaigns/${id}/leads`, 'data-key': 'leads' }, 'Leads'),
    );
    redraw(
      body, why(answer.explanation, leads.calling),
      h('section', { 'aria-label': 'Figures' }, facts([
        ['Leads', count(leads.total)], ['Waiting', count(leads.waiting)], ['In a call', count(leads.calling)],
        ['Reached', count(leads.completed)], ['Not reached', count(leads.failed)], ['Do not call', count(leads.suppressed)],
        ['Taken out', count(leads.cancelled)], ['Calls', count(shown.calls_made)],
        ['Calls at once at most', shown.max_concurrent_calls === null ? 'no limit of its own' : count(shown.max_concurrent_calls)], ['Answer rate', `${answer.answer_rate.toFixed(1)} %`],
        ['Leads an hour', answer.leads_per_hour === null ? '–' : count(Math.round(answer.leads_per_hour))],
        ['Done at about', moment(answer.estimated_end)],
      ])),
      h('section', { 'aria-label': 'Outcomes by hour' }, h('h2', null, 'Outcomes by hour, the last day'), chart(answer.hours)),
      h('section', { 'aria-label': 'Live calls' }, h('h2', null, 'Live calls'), callTable('Live calls, fifty at most', answer.live_calls)),
    );
  });
  const refresh = paced(1500, read);
  place.append(h('p', null, h('a', { href: '#/campaigns' }, 'All campaigns')), heading, top, body);
  await read();
  return concerning(refresh, ({ data }) => !data.campaignId || data.campaignId === id);
};
