// Asks the server. The token is kept for this tab only.

const key = 'campaignkit.token';
let base = '/api';

export const session = {
  get token() { return sessionStorage.getItem(key); },
  set token(text) { if (text) sessionStorage.setItem(key, text); else sessionStorage.removeItem(key); },
  onLeave: () => {},
};

export class Refusal extends Error {
  constructor(status, body, after) {
    super(body?.error ?? `The server answered ${status}.`);
    this.status = status;
    this.fields = body?.fields;
    /** After how many seconds it may be asked again. */
    this.after = Number(after);
  }
}

/** Whether what was refused would be refused again. */
export const isForGood = (error) => error.status < 500 && error.status !== 429;

/** Says what is to be done where the server does not take a token any more, unless there is another one by now. */
export const leaveWithout = (token) => { if (token && token === session.token) session.onLeave(); };

/** Asks for a path. What goes wrong has words for people. */
const ask = async (path, options) => {
  let response;
  let value;
  try {
    response = await fetch(path, options);
    const isJSON = response.headers.get('Content-Type')?.includes('json');
    value = await (isJSON ? response.json() : response.text());
  } catch {
    if (!response) throw new Error('The server cannot be reached.');
    if (response.ok) throw new Error('The answer of the server cannot be read.');
  }
  if (!response.ok) throw new Refusal(response.status, value, response.headers.get('Retry-After'));
  return value;
};

const send = async (method, path, body) => {
  const headers = {};
  const { token } = session;
  if (token) headers.Authorization = `Bearer ${token}`;
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers['Content-Type'] = 'application/json';
  try {
    return await ask(path, { method, headers, body: isForm || body === undefined ? body : JSON.stringify(body) });
  } catch (error) {
    if (error.status === 401) leaveWithout(token);
    throw error;
  }
};

/** Parameters behind the question mark; empty ones are left out. */
export const query = (values) => {
  const text = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== '' && value !== undefined && value !== null));
  return text.toString() && `?${text}`;
};

/** Asks the dialect of tenants. */
export const api = (method, path, body) => send(method, base + path, body);

/** Asks what only the console asks. */
export const console_ = (method, path, body) => send(method, `/console${path}`, body);

/** Asks what everybody may ask, without the token; nothing where it is refused, as what is in front of the server may do. */
export const seen = async (path) => {
  try { return await ask(path); } catch (error) {
    if (isForGood(error)) return undefined;
    throw error;
  }
};

/** Finds out where everything is. */
export const discover = async () => {
  const found = await console_('GET', '/session');
  if (found.api === null) throw new Error('This server has no dialect tenant, which the console needs.');
  base = found.api;
  return found;
};
