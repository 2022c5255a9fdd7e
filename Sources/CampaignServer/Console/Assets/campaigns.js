// All campaigns, with what can be done to one or to many.
import { api, console_, query } from './api.js';
import { badge, confirmed, count, h, table, tell } from './dom.js';
import { listing } from './listing.js';
import { paced } from './live.js';

const isOver = (status) => ['completed', 'cancelled', 'failed'].includes(status);

/** What can be done to a campaign of a status. */
export const actions = (status) => {
  if (status === 'draft') return ['start'];
  if (status === 'paused') return ['resume', 'cancel'];
  return isOver(status) ? [] : ['pause', 'cancel'];
};

const told = { start: 'started', pause: 'paused', resume: 'resumed', cancel: 'cancelled', delete: 'deleted' };

/** Does something to campaigns, one after the other, and tells how it went; false where somebody thought better of it. */
export const act = async (name, chosen) => {
  const what = chosen.length === 1 ? `‘${chosen[0].name}’` : `${chosen.length} campaigns`;
  if (name === 'cancel' && !await confirmed(`Cancel ${what}? Leads that wait are not called any more.`, 'Cancel for good')) return false;
  if (name === 'delete' && !await confirmed(`Delete ${what} with all leads?`, 'Delete')) return false;
  let done = 0;
  const problems = [];
  for (const campaign of chosen) {
    try {
      if (name === 'delete') await api('DELETE', `/campaigns/${campaign.id}`);
      else await api('POST', `/campaigns/${campaign.id}/${name}`);
      done += 1;
    } catch (error) { problems.push(`${campaign.name}: ${error.message}`); }
  }
  const summary = chosen.length === 1 ? `${what} is ${told[name]}.` : `${done} of ${chosen.length} are ${told[name]}.`;
  tell([...(chosen.length === 1 && done === 0 ? [] : [summary]), ...problems].join(' '));
  return true;
};

/** How far a campaign has come. */
export const bar = (done, total, label) => {
  const share = total ? Math.floor((100 * done) / total) : 0;
  return h('span', { class: 'together' }, h('progress', { max: Math.max(1, total), value: done, 'aria-label': `Progress of ${label}` }), ` ${share} %`);
};

/** The page of all campaigns. */
export const campaigns = async (place) => {
  let status = '';
  // What was chosen stays so on other pages of the list, and is what something is done to.
  const chosen = new Map();
  const number = h('span', { role: 'status' });
  const tellNumber = () => { number.textContent = `${chosen.size || 'none'} chosen`; };
  tellNumber();
  const choose = (row, isOn) => {
    if (isOn) chosen.set(row.id, row); else chosen.delete(row.id);
    tellNumber();
  };
  const refresh = paced(2000, () => page.show());
  const bulk = (name) => h('button', {
    type: 'button',
    click: async () => {
      if (chosen.size === 0) { tell('Choose campaigns first.'); return; }
      if (!await act(name, [...chosen.values()])) return;
      chosen.clear();
      tellNumber();
      refresh();
    },
  }, name);
  const statuses = ['', 'draft', 'scheduled', 'active', 'paused', 'completed', 'cancelled', 'failed'];
  const page = listing(place, 'Campaigns', [
    h('div', { class: 'row' },
      h('a', { class: 'button main', href: '#/campaigns/new' }, 'New campaign'),
      h('label', { class: 'inline' }, 'Status', h('select', {
        change: (event) => { status = event.target.value; page.again(); },
      }, statuses.map((each) => h('option', { value: each }, each || 'all')))),
      h('span', { role: 'group', 'aria-label': 'Do to those chosen' }, number, ': ', ['start', 'pause', 'resume', 'cancel', 'delete'].map((name) => [bulk(name), ' ']))),
  ], async (offset) => {
    const { campaigns: found, total } = await console_('GET', `/campaigns${query({ limit: 50, offset, status })}`);
    const rows = found.map(({ campaign, leads_done: done }) => ({ ...campaign, done }));
    return {
      rows: table('Campaigns', [h('span', null, 'Choose'), 'Name', 'Status', 'Progress', 'Leads', 'Calls', 'Answered', 'Actions'], rows.map((row) => [
        h('input', {
          type: 'checkbox', 'aria-label': `Choose ${row.name}`, checked: chosen.has(row.id), 'data-key': `choose ${row.id}`,
          change: (event) => choose(row, event.target.checked),
        }),
        h('a', { href: `#/campaigns/${row.id}`, 'data-key': `name ${row.id}` }, row.name), badge(row.status),
        bar(row.done, row.total_leads, row.name), count(row.total_leads), count(row.calls_made), count(row.calls_completed),
        h('span', { class: 'together' }, actions(row.status).map((name) => [h('button', {
          type: 'button', 'data-key': `${name} ${row.id}`, 'aria-label': `${name} ${row.name}`,
          click: async () => { await act(name, [row]); refresh(); },
        }, name), ' '])),
      ]), status ? 'None of this status.' : 'No campaign yet. Create one to begin.'),
      total,
    };
  });
  await page.show();
  return refresh;
};
