// The names of routes and models, to choose from.
import { get, getText } from './api.js';
import { readCommented } from './commented-json.js';

/**
 * Callers are told by the API what they may ask for; an admin is no caller and reads the configuration. What cannot be read is left out.
 * @param {import('./api.js').Session} session
 * @returns {Promise<{ routes: string[], models: string[] }>}
 */
export async function namesFor(session, signal) {
  try {
    return session.role === 'caller' ? ofCaller((await get('v1/models', {}, signal)).data) : ofConfiguration(readCommented((await getText('v1/admin/configuration', signal)).text));
  } catch {
    return { routes: [], models: [] };
  }
}

function ofCaller(found) {
  const named = (wanted) => found.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  return { routes: named('route'), models: named('model') };
}

function ofConfiguration({ routes = {}, models = {} }) {
  return { routes: Object.keys(routes), models: Object.keys(models) };
}
