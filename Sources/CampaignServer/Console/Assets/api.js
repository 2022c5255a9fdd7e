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

const send = async (method, path, body) => {
  const headers = {};
  if (session.token) headers.Authorization = `Bearer ${session.token}`;
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers['Content-Type'] = 'application/json';
  let response;
  try {
    response = await fetch(path, { method, headers, body: isForm || body === undefined ? body : JSON.stringify(body) });
  } catch {
    throw new Error('The server cannot be reached.');
  }
  const value = await response.json().catch(() => null);
  if (response.status === 401 && session.token) {
    session.token = null;
    session.onLeave();
  }
  if (!response.ok) throw new Refusal(response.status, value, response.headers.get('Retry-After'));
  return value;
};

/** Parameters behind the question mark; empty ones are left out. */
export const query = (values) => {
  const text = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== '' && value !== undefined && value !== null));
  return text.size ? `?${text}` : '';
};

/** Asks the dialect of tenants. */
export const api = (method, path, body) => send(method, base + path, body);

/** Asks what only the console asks. */
export const console_ = (method, path, body) => send(method, `/console${path}`, body);

/** Finds out where everything is. */
export const discover = async () => {
  const found = await console_('GET', '/session');
  if (found.api === null) throw new Error('This server has no dialect tenant, which the console needs.');
  base = found.api;
  return found;
};
