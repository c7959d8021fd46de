// What became of requests, the newest first.
import { get } from '../api.js';
import { el, replace } from '../dom.js';
import { filterBar, filtersOf, suggestions } from '../filters.js';
import * as format from '../format.js';
import { badge, below, csvLink, empty, firstRequest, numbers, paging, region, soft, statusBadge, table, tokenPair } from '../parts.js';
import { linkTo } from '../place.js';
import { queryOf } from '../windows.js';

const pageSize = 50;
/** Pages of the router may be short where a filter is narrow: so many are read for one of ours. */
const maxReads = 10;

const callerFilters = [
  { name: 'status', label: 'Status', choices: ['200', 'error', '400', '401', '403', '404', '408', '413', '429', '499', '500', '502', '503', '504'] },
  { name: 'route', label: 'Route', names: 'routes' },
  { name: 'model', label: 'Model that answered', names: 'models' },
  { name: 'deployment', label: 'Deployment' },
  { name: 'min_cost', label: 'Cost from, USD', type: 'number' },
];
const adminFilters = [...callerFilters, { name: 'key', label: 'Key', names: 'keys' }, { name: 'tier', label: 'Tier', names: 'tiers' }];

/** @type {import('./all.js').Opening} */
export function open({ place, session, window, signal }) {
  const filters = session.role === 'admin' ? adminFilters : callerFilters;
  const chosen = filtersOf(filters, place.params);
  const bar = el('div', {}, filterBar(filters, place.params, {}));
  suggestions(session, signal).then((found) => replace(bar, filterBar(filters, place.params, found)), () => {});
  const list = region(() => readList(place, { ...queryOf(window()), ...chosen }, Object.keys(chosen).length > 0, session, signal));
  return {
    body: el('section', { class: 'panel', 'aria-label': 'Requests' }, el('div', { class: 'tools' }, bar, csvLink('v1/requests', { ...queryOf(window()), ...chosen, limit: 5000 }, 'requests.csv')), list.node),
    update: list.update,
  };
}

async function readList(place, query, isFiltered, session, signal) {
  const rows = [];
  let after = place.params.after ?? null;
  let isLast = false;
  for (let read = 0; read < maxReads && rows.length < pageSize && !isLast; read += 1) {
    const page = await get('v1/requests', { ...query, limit: pageSize - rows.length, after }, signal);
    rows.push(...page.data);
    [after, isLast] = [page.next, !page.has_more];
  }

  return [
    rows.length > 0 ? drawList(rows, session) : nothing(isFiltered, isLast),
    paging('requests', place.params.after, !isLast && after, rows.length > 0 ? 'Older' : 'Look further back'),
  ];
}

function nothing(isFiltered, isLast) {
  if (!isLast) {
    return empty('None was found in this part of the window. There is more of it to look through.');
  }

  return isFiltered
    ? empty('No request in this window fits these filters. Take one away, or choose a longer window.')
    : empty('No request is recorded in this window. A row for each would stand here: when, who, which model, how long, how many tokens, what it cost. Records are kept while the configuration says so ("records": { "keepDays": 30 }). This makes one:', firstRequest());
}

function drawList(rows, session) {
  return table('Requests, the newest first', [
    { label: 'Time', class: 'name', cells: (row) => el('a', { href: linkTo('requests', { id: row.id }) }, format.time(row.received_at)) },
    { label: 'Status', cells: (row) => [statusBadge(row.status), row.error && below(format.words(row.error))] },
    numbers('Took', (row) => format.milliseconds(row.duration_ms)),
    numbers('Tokens', tokensOf),
    numbers('Cost', (row) => format.money(row.cost)),
    ...(session.role === 'admin' ? [{ label: 'Key', class: 'name', cells: (row) => row.key ?? soft('none') }] : []),
    { label: 'Asked for', class: 'name', cells: format.asked },
    { label: 'Answered', class: 'name', cells: (row) => row.model ?? format.unknown },
    { label: 'Kind', cells: marks },
    { label: 'Task', cells: (row) => format.words(row.profile?.task) },
    numbers('Router', (row) => format.milliseconds(row.overhead_ms)),
  ], rows, { rowAttributes: (row) => ({ class: row.status >= 400 && row.status !== 499 ? 'failed-row' : null }) });
}

function marks({ attempts = [], cache, stream, kind }) {
  const calls = attempts.filter(({ purpose }) => !purpose);
  return [
    cache?.status === 'hit' && badge('cached', 'good'),
    calls.length > 1 && badge(`${calls.length} calls`, 'warn'),
    stream && badge('stream'),
    kind !== 'live' && badge(kind),
  ];
}

function tokensOf({ attempts = [] }) {
  const sum = (name) => attempts.reduce((whole, attempt) => whole + (attempt[name] ?? 0), 0);
  return attempts.length === 0 ? format.unknown : tokenPair(sum('prompt_tokens'), sum('completion_tokens'));
}
