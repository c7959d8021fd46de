// The names of routes and models, to choose from.
import { get } from './api.js';

/** Those that the session may ask for; none where they cannot be read. @returns {Promise<{ routes: string[], models: string[] }>} */
export async function readNames(signal) {
  const { data } = await get('v1/models', {}, signal).catch(() => ({ data: [] }));
  const named = (wanted) => data.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  return { routes: named('route'), models: named('model') };
}
