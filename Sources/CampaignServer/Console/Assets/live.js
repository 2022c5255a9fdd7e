// The stream of events. It goes on behind the last event that was heard when the connection was lost, and tells whoever
// listens at most four times a second.
import { isForGood, leaveWithout, session } from './api.js';

// The server says something at least every 15 seconds. After twice that, nobody is there any more.
const longestSilence = 32000;

let last;
let starts = 0;
let stream;
let goOn = () => {};
let listener = () => {};
let page = 0;
let gone = () => {};
let gathered = [];
let readsAnew = false;
let isDue = false;

let connection = '';
let isStale = false;

/** Says how current the page is: events may come while what is shown could not be read anew. */
const state = (word, stale) => {
  connection = word;
  isStale = stale;
  const place = document.getElementById('connection');
  place.className = word === 'live' && stale ? 'stale' : word;
  place.textContent = place.className;
};

const wait = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

const flush = () => {
  isDue = false;
  // Without an event, whatever is shown is read anew.
  const events = readsAnew ? [] : gathered;
  gathered = [];
  readsAnew = false;
  listener(events);
};

const take = (lines) => {
  let data = '';
  for (const line of lines.split('\n')) {
    if (line.startsWith('id:')) last = line.slice(3).trim();
    else if (line.startsWith('data:')) data += line.slice(5).trim();
  }
  if (!data) return;
  const event = JSON.parse(data);
  // What was missed, or is too much to be kept, may concern anything.
  if (event.event === 'resync' || gathered.length === 200) readsAnew = true;
  else gathered.push(event);
  if (isDue) return;
  isDue = true;
  setTimeout(flush, 250);
};

/** Reads events until they end, or nothing has been heard for so long that nothing will be. */
const read = async () => {
  let timer;
  const own = new AbortController();
  stream = own;
  const hear = () => { clearTimeout(timer); timer = setTimeout(() => own.abort(), longestSilence); };
  hear();
  try { await follow(own.signal, hear); } finally { clearTimeout(timer); }
};

const follow = async (signal, hear) => {
  const { token } = session;
  const headers = { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' };
  if (last !== undefined) headers['Last-Event-ID'] = last;
  const response = await fetch('/events', { headers, signal });
  if (response.status === 401) leaveWithout(token);
  if (!response.ok) throw new Error(`${response.status}`);
  state('live', isStale);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    hear();
    text += value.replaceAll('\r', '');
    const parts = text.split('\n\n');
    text = parts.pop();
    parts.forEach(take);
  }
};

/**
 * Begins another page: nobody is told of what happens, and what the page before had still to read is not read any more.
 * `work` is done where what the new page shows is not there any more.
 */
export const turn = (work = () => {}) => {
  page += 1;
  listener = () => {};
  gone = work;
  state(connection, false);
};

/** Who is told of what happens; one at a time. */
export const listen = (work) => { listener = work; };

/** Passes on what concerns a page, and that anything may have happened. */
export const concerning = (refresh, concerns) => (events) => { if (events.length === 0 || events.some(concerns)) refresh(); };

/** Listens until `stop` is called. */
export const start = async () => {
  stop();
  const own = starts;
  let pause = 500;
  while (own === starts && session.token) {
    const begin = Date.now();
    try { await read(); } catch { /* It is tried again below. */ }
    if (own !== starts) return;
    state('reconnecting', isStale);
    pause = Date.now() - begin > 10000 ? 500 : Math.min(pause * 2, 15000);
    const until = wait(pause * (0.5 + Math.random() / 2));
    await Promise.race([until, new Promise((resolve) => { goOn = resolve; })]);
    if (own !== starts) return;
    // What was missed without an event that tells of it is read anew.
    listener([]);
  }
};

/** Listens no longer. */
export const stop = () => {
  starts += 1;
  stream?.abort();
  last = undefined;
  state('', false);
};

// A connection from before the network was lost may look alive for long, and the next try may be far.
window.addEventListener('online', () => { stream?.abort(); goOn(); });

/**
 * Asks and then draws, unless the answer to a later question is drawn already. Where a later question fails, what the
 * earlier one brought stays.
 */
export const newest = (ask, draw) => {
  let asked = 0;
  let drawn = 0;
  return async () => {
    asked += 1;
    const own = asked;
    const answer = await ask();
    if (own > drawn) {
      drawn = own;
      draw(answer);
    }
    return answer;
  };
};

/** Waits until somebody can see the page. All pages of a user share its requests, and one that is hidden needs none. */
export const seen = async () => {
  while (document.hidden) await new Promise((resolve) => { document.addEventListener('visibilitychange', resolve, { once: true }); });
};

/**
 * Reads something anew when asked, but never more often than each so many milliseconds, and never twice at a time. Where
 * the server has no answer now, the page says that it is stale, and it is tried again, as long as the page is shown.
 */
export const paced = (gap, work) => {
  const own = page;
  let isRunning = false;
  let isWanted = false;
  const run = async () => {
    isWanted = true;
    if (isRunning) return;
    isRunning = true;
    while (isWanted) {
      await seen();
      if (own !== page) break;
      isWanted = false;
      let pause = gap;
      try {
        await work();
        if (own === page) state(connection, false);
      } catch (error) {
        if (own !== page) break;
        if (error.status === 404) { gone(error); break; }
        // What was refused for good is refused again: the next event tries.
        isWanted = !isForGood(error);
        if (isWanted) pause = Math.max(gap, 1000 * (error.after || 5));
        state(connection, true);
      }
      await wait(pause);
    }
    isRunning = false;
  };
  return run;
};
