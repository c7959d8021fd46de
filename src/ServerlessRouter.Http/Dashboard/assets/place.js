// Where one is: `#/requests/req_1?window=24h&status=error`. Everything that is chosen on the page stands in the address, so that a link shows the same and Back goes back.

/** @typedef {{ page: string, id: string | null, params: Record<string, string> }} Place */

/** What goes along from page to page: the window that is looked at. */
const carried = ['window', 'from', 'to'];

/** @returns {Place} */
export function readPlace(hash = location.hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [page, ...rest] = path.split('/');
  return { page: page || 'overview', id: rest.length > 0 ? decode(rest.join('/')) : null, params: Object.fromEntries(new URLSearchParams(query)) };
}

/** The link to a page, with the window of the one that is open. */
export function linkTo(page, { id = null, params = {} } = {}) {
  const here = readPlace().params;
  const kept = Object.fromEntries(carried.filter((name) => here[name]).map((name) => [name, here[name]]));
  return write({ page, id, params: { ...kept, ...params } });
}

/** The link to the page that is open, with some of its choices changed; null takes one away. */
export function linkHere(changes) {
  const here = readPlace();
  return write({ ...here, params: { ...here.params, ...changes } });
}

/** Goes there. */
export function go(link) {
  location.hash = link;
}

function write({ page, id, params }) {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== null && value !== undefined && value !== '')).toString();
  return `#/${page}${id === null ? '' : `/${encodeURIComponent(id)}`}${query && `?${query}`}`;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
