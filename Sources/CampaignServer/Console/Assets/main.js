// Signs in, and shows the page that the address names.
import { api, console_, discover, isForGood, session } from './api.js';
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
  [/^\/campaigns$/, campaigns], [/^\/campaigns\/new$/, editing], [/^\/campaigns\/([\w-]+)$/, campaign],
  [/^\/campaigns\/([\w-]+)\/edit$/, editing], [/^\/campaigns\/([\w-]+)\/upload$/, upload],
  [/^\/campaigns\/([\w-]+)\/leads$/, leads], [/^\/leads\/([\w-]+)$/, lead], [/^\/calls$/, calls],
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

/** Tells by its heading which page is shown, to whoever listens and in the title. */
const announce = (place) => {
  const heading = place.querySelector('h1');
  heading.tabIndex = -1;
  // Whoever has gone on into the page while it was read stays there.
  if (!place.contains(document.activeElement)) heading.focus();
  document.title = `${heading.textContent} · CampaignKit`;
};

/** Puts something in the place of the page, and tells of it. */
const put = (...children) => {
  main.replaceChildren(h('div', null, children));
  announce(main.firstChild);
};

/** Tells why there is nothing to be seen. */
const failure = (error, title, again = () => show()) => put(
  h('h1', null, title), h('p', { class: 'error', role: 'alert' }, error.message),
  h('div', { class: 'row' },
    error.status === 404 ? h('a', { class: 'button', href: '#/campaigns' }, 'Campaigns')
      : h('button', { type: 'button', class: 'main', click: again }, 'Try again')));

/** Shows a page. Where it cannot be read, that is told, and it is tried again unless it was refused for good. */
const fill = async (own, page, given) => {
  for (let told; own === shown;) {
    const place = h('div');
    if (!told) main.replaceChildren(place);
    try {
      const refresh = await page(place, ...given);
      if (own !== shown) return;
      if (told) main.replaceChildren(place);
      if (refresh) live.listen(refresh);
      announce(place);
      return;
    } catch (error) {
      if (own !== shown) return;
      if (told !== error.message) failure(error, error.status === 404 ? 'It is not there' : 'This page cannot be shown');
      if (isForGood(error)) return;
      told = error.message;
      await new Promise((resolve) => { setTimeout(resolve, 1000 * (error.after || 5)); });
      await live.seen();
    }
  }
};

const show = async (reason) => {
  const isIn = Boolean(session.token);
  navigation.hidden = !isIn;
  leave.hidden = !isIn;
  shown += 1;
  const own = shown;
  live.turn((error) => { live.turn(); failure(error, 'It is not there any more'); });
  if (!isIn) { put(signIn(reason)); return; }
  const path = location.hash.slice(1) || '/campaigns';
  navigation.replaceChildren(...links.map(([name, text]) => h('a', {
    href: `#/${name}`, 'aria-current': path.split('/')[1] === name ? 'page' : null,
  }, text)));
  const [page, found] = pages.map(([pattern, page]) => [page, pattern.exec(path)]).find(([, found]) => found) ?? [];
  if (!page) { put(h('h1', null, 'There is no such page'), h('a', { href: '#/campaigns' }, 'Campaigns')); return; }
  await fill(own, page, found.slice(1));
};

const enter = (token) => {
  session.token = token;
  live.start();
  show();
};

const signIn = (reason) => {
  const problem = h('p', { class: 'error', role: 'alert' }, reason);
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

const out = (reason) => {
  live.stop();
  session.token = null;
  show(reason);
};

session.onLeave = () => out('The server does not take this sign-in, or not any more. Please sign in again.');
leave.addEventListener('click', () => out());
window.addEventListener('hashchange', () => show());
document.getElementById('skip').addEventListener('click', (event) => { event.preventDefault(); main.focus(); });

const begin = async () => {
  try { known = await discover(); } catch (error) {
    failure(error, 'The console cannot be shown', begin);
    return;
  }
  if (session.token) live.start();
  show();
};

begin();
