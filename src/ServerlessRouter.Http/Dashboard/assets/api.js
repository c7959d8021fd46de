// The router's API, asked with the session's cookie.

/** Where the router is, also behind a prefix of a proxy; ends with a slash. */
export const base = new URL('../', import.meta.url).href;

/** What the router refused or could not do, in words for people. */
export class ApiError extends Error {
  /** @param {number} status 0 where there was no answer. */
  constructor(status, message, code, requestId) {
    super(message);
    Object.assign(this, { status, code, requestId });
  }
}

/** @typedef {{ role: 'admin' | 'keys' | 'caller', name: string | null }} Session Whose page it is: an admin's, that of an admin who may issue keys alone, or a caller's. */

let csrf = '';

/** Opens a session with a key: an admin's or a caller's. @returns {Promise<Session>} */
export async function logIn(key) {
  return remember(await ask('dashboard/login', { method: 'POST', json: { key }, isLogin: true }));
}

/** The session there is, or null. @returns {Promise<Session | null>} */
export async function readSession() {
  try {
    return remember(await ask('dashboard/session', { isLogin: true }));
  } catch (error) {
    if (error.status === 401) {
      return null;
    }

    throw error;
  }
}

export async function logOut() {
  await ask('dashboard/logout', { method: 'POST' });
  csrf = '';
}

/**
 * Reads something.
 * @param {string} path Such as `v1/usage`.
 * @param {Record<string, string | number | null | undefined>} [query]
 */
export function get(path, query, signal) {
  return ask(address(path, query), { signal });
}

/** Changes something. */
export function send(method, path, json, { headers, signal, text } = {}) {
  return ask(path, { method, json, headers, signal, text });
}

/** Everything of a list whose pages name the next one, up to a bound. */
export async function getAll(path, query, signal, maxPages = 8) {
  const data = [];
  let after;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await get(path, { ...query, after }, signal);
    data.push(...answer.data);
    after = answer.next ?? (answer.has_more ? answer.last_id : null);
    if (!after) {
      return { data, isWhole: true };
    }
  }

  return { data, isWhole: false };
}

/** The path with its query; what is null or empty is left out. */
export function address(path, query = {}) {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '')).toString();
  return text ? `${path}?${text}` : path;
}

/** A text of the API, with what its ETag names. */
export async function getText(path, signal) {
  const response = await answerOf(path, { signal });
  return { text: await response.text(), version: (response.headers.get('etag') ?? '').replace(/^W\//, '').replaceAll('"', '') };
}

async function ask(path, options = {}) {
  const response = await answerOf(path, options);
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/** A 401 may be that of one question alone; where the session is over, too, the page is told so. */
async function answerOf(path, { method = 'GET', json, text, headers = {}, signal, isLogin = false }) {
  let response;
  try {
    response = await fetch(base + path, {
      method,
      signal,
      cache: 'no-store',
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(method !== 'GET' && csrf && { 'x-router-csrf': csrf }),
        ...((json !== undefined || text !== undefined) && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: text ?? (json === undefined ? undefined : JSON.stringify(json)),
    });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }

    throw new ApiError(0, 'The router cannot be reached. See whether it runs, and whether this machine is on its network.');
  }

  if (!response.ok) {
    const error = await errorOf(response);
    if (response.status === 401 && !isLogin && !(await readSession())) {
      window.dispatchEvent(new Event('sessionend'));
    }

    throw error;
  }

  return response;
}

async function errorOf(response) {
  const { message, code } = await response.json().then((body) => body.error ?? {}, () => ({}));
  return new ApiError(response.status, message ?? `The router answered with the status ${response.status}.`, code, response.headers.get('x-request-id'));
}

function remember(session) {
  csrf = session.csrf ?? '';
  return { role: session.admin_role === 'keys' ? 'keys' : session.role, name: session.name || null };
}
