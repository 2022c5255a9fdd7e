// Signs in, and shows the page that the address names.
import { api, console_, discover, session } from './api.js';
import { attempt, field, h } from './dom.js';
import * as live from './live.js';
import { campaigns } from './campaigns.js';
import { campaign } from './campaign.js';
import { editing } from './form.js';
import { upload } from './upload.js';
import { lead, leads } from './leads.js';
import { agents } from './agents.js';
import { contacts } from './contacts.js';
import { calls, health, limits } from './lists.js';
import { doNotCall } from './suppressions.js';

const pages = [
  [/^\/campaigns$/, campaigns], [/^\/campaigns\/new$/, editing], [/^\/campaigns\/([^/]+)$/, campaign],
  [/^\/campaigns\/([^/]+)\/edit$/, editing], [/^\/campaigns\/([^/]+)\/upload$/, upload],
  [/^\/campaigns\/([^/]+)\/leads$/, leads], [/^\/leads\/([^/]+)$/, lead], [/^\/calls$/, calls],
  [/^\/contacts$/, contacts], [/^\/agents$/, agents], [/^\/dnc$/, doNotCall], [/^\/limits$/, limits],
  [/^\/health$/, health],
];
const links = [
  ['campaigns', 'Campaigns'], ['calls', 'Calls'], ['contacts', 'Contacts'], ['agents', 'Agents'], ['dnc', 'Do not call'],
  ['limits', 'Limits'], ['health', 'Health'],
];
const main = document.getElementById('main');
const navigation = document.getElementById('navigation');
const leave = document.getElementById('leave');
let known = { local: false };
let shown = 0;

const show = async () => {
  const isIn = Boolean(session.token);
  navigation.hidden = !isIn;
  leave.hidden = !isIn;
  shown += 1;
  const own = shown;
  live.listen(() => {});
  if (!isIn) { main.replaceChildren(signIn()); return; }
  const path = location.hash.slice(1) || '/campaigns';
  navigation.replaceChildren(...links.map(([name, text]) => h('a', {
    href: `#/${name}`, 'aria-current': path.split('/')[1] === name ? 'page' : null,
  }, text)));
  const [page, found] = pages.map(([pattern, page]) => [page, pattern.exec(path)]).find(([, found]) => found) ?? [];
  if (!page) { main.replaceChildren(h('h1', null, 'There is no such page'), h('a', { href: '#/campaigns' }, 'Campaigns')); return; }
  const place = h('div');
  main.replaceChildren(place);
  await attempt(async () => {
    const refresh = await page(place, ...found.slice(1).map(decodeURIComponent));
    if (own === shown && refresh) live.listen(refresh);
  });
  if (own !== shown) return;
  const heading = place.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  // Whoever has gone on into the page while it was read stays there.
  if (!place.contains(document.activeElement)) heading?.focus();
  document.title = `${heading?.textContent ?? 'Console'} · CampaignKit`;
};

const enter = (token) => {
  session.token = token;
  live.start();
  show();
};

const signIn = () => {
  const problem = h('p', { class: 'error', role: 'alert' });
  const submit = (event) => {
    event.preventDefault();
    const form = event.target;
    attempt(async () => {
      const answer = await api('POST', '/auth/login', {
        email: form.elements.email.value, password: form.elements.password.value,
      });
      enter(answer.token);
    }, problem);
  };
  const byToken = (event) => {
    event.preventDefault();
    enter(event.target.elements.token.value.trim());
  };
  const local = known.local && h('p', null, h('button', {
    type: 'button', class: 'main', id: 'local',
    click: () => attempt(async () => enter((await console_('POST', '/session')).token), problem),
  }, 'Enter as the owner of this machine'));
  return h('section', { class: 'sign-in' },
    h('h1', null, 'Sign in'), local, problem,
    h('form', { submit },
      field('E-mail', 'email', { type: 'email', autocomplete: 'username', required: true }),
      field('Password', 'password', { type: 'password', autocomplete: 'current-password', required: true }),
      h('button', { class: known.local ? null : 'main' }, 'Sign in')),
    h('details', null, h('summary', null, 'With a token'),
      h('form', { submit: byToken },
        field('Token', 'token', { type: 'password', autocomplete: 'off', required: true }), h('button', null, 'Enter'))));
};

const out = () => {
  live.stop();
  session.token = null;
  show();
};

session.onLeave = out;
leave.addEventListener('click', out);
window.addEventListener('hashchange', show);
document.getElementById('skip').addEventListener('click', (event) => { event.preventDefault(); main.focus(); });

const begin = async () => {
  try { known = await discover(); } catch (error) {
    main.replaceChildren(h('p', { class: 'error', role: 'alert' }, error.message));
    return;
  }
  if (session.token) live.start();
  show();
};

begin();
