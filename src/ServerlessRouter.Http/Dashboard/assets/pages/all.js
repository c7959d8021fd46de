// Every page, in the order of the menu. A new one is a module that exports `open`, and a row here.

/**
 * @typedef {object} Context
 * @property {import('../place.js').Place} place
 * @property {import('../api.js').Session} session
 * @property {() => import('../windows.js').TimeWindow} window The window that is looked at, as it is now.
 * @property {AbortSignal} signal Ends when another page is opened.
 */

/** @typedef {(context: Context) => { body: Node, title?: string, parent?: string, update: () => Promise<unknown> }} Opening Builds a page; `update` reads its figures, now and at each refresh. */

/**
 * @typedef {object} Page
 * @property {string} name As the address has it.
 * @property {string} label
 * @property {string[]} roles Who sees it.
 * @property {boolean} [hasWindow] Whether it shows a window of time.
 * @property {() => Promise<{ open: Opening }>} load
 */

const [admin, keys, caller] = ['admin', 'keys', 'caller'];

/** @type {Page[]} */
export const pages = [
  { name: 'overview', label: 'Overview', roles: [admin, caller], hasWindow: true, load: () => import('./overview.js') },
  { name: 'requests', label: 'Requests', roles: [admin, caller], hasWindow: true, load: () => import('./requests.js') },
  { name: 'usage', label: 'Usage', roles: [admin, caller], hasWindow: true, load: () => import('./usage.js') },
  { name: 'health', label: 'Health', roles: [admin], load: () => import('./health.js') },
  { name: 'keys', label: 'Keys and budgets', roles: [admin, keys], load: () => import('./keys.js') },
  { name: 'key', label: 'My key', roles: [caller], load: () => import('./own-key.js') },
  { name: 'routes', label: 'Routes', roles: [admin], load: () => import('./routes.js') },
  { name: 'playground', label: 'Playground', roles: [admin, caller], load: () => import('./playground.js') },
  { name: 'alerts', label: 'Alerts', roles: [admin], load: () => import('./alerts.js') },
];

/** @type {Page} */
const request = { name: 'request', label: 'Request', roles: [admin, caller], load: () => import('./request.js') };

/** The page that a place names. @returns {Page | undefined} */
export function pageOf(place, role) {
  const page = pages.find(({ name, roles }) => name === place.page && roles.includes(role));
  return page?.name === 'requests' && place.id !== null ? request : page;
}
