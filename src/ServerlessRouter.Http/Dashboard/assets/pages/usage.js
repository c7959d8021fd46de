// A metric over time, by a dimension.
import { get } from '../api.js';
import { timeChart } from '../charts.js';
import { el, replace } from '../dom.js';
import { partsOf, stepSums, totalOf, valuesOf } from '../figures.js';
import { filterBar, filtersOf, suggestions } from '../filters.js';
import * as format from '../format.js';
import { dimensions, groupLabel, groups, metricOf } from '../metrics.js';
import { csvLink, empty, field, firstRequest, numbers, region, section, select, table } from '../parts.js';
import { go, linkHere } from '../place.js';
import { queryOf, stepsOf } from '../windows.js';

const shownSeries = 7;

/** @type {import('./all.js').Opening} */
export function open({ place, session, window, signal }) {
  const choice = choiceOf(place.params, session);
  const offered = offeredTo(session);
  const bar = el('div', {}, filterBar(offered, place.params, {}));
  const choices = el('div', { class: 'choices' }, chooser(choice, session, { models: [] }, []));
  Promise.all([suggestions(session, signal), tagNames(session, signal)]).then(([found, tags]) => {
    replace(bar, filterBar(offered, place.params, found));
    replace(choices, chooser(choice, session, found, tags));
  }, () => {});
  const figures = region(() => read(window(), choice, signal));
  return {
    body: el('section', { class: 'panel', 'aria-label': 'Usage' }, choices, el('div', { class: 'tools' }, bar, exportLink(window(), choice)), figures.node),
    update: figures.update,
  };
}

/** A caller sees its own usage alone. */
function offeredTo({ role }) {
  return role === 'admin' ? dimensions : dimensions.filter(({ name }) => name !== 'key' && name !== 'tier');
}

function choiceOf(params, session) {
  const metric = metricOf(params.metric);
  const by = params.by === 'none' ? null : params.by ?? 'model';
  const chosen = filtersOf(dimensions, params);
  if (session.role !== 'admin') {
    delete chosen.key;
  }

  return { metric, by, isStacked: metric.adds && params.lines !== '1', baseline: params.baseline ?? null, filters: chosen };
}

function chooser({ metric, by, isStacked, baseline }, session, { models }, tags) {
  const offered = [...offeredTo(session), ...tags.map((name) => ({ name: `tag:${name}`, label: `Tag ${name}` }))];
  const known = by === null || offered.some(({ name }) => name === by) ? offered : [...offered, { name: by, label: by }];
  const change = (name) => (value) => go(linkHere({ [name]: value || null }));
  return [
    field('choose-metric', 'Show', select(groups.map(({ label, metrics }) => ({ label, choices: metrics.map((one) => ({ value: one.name, label: one.label })) })), metric.name, change('metric'))),
    field('choose-by', 'By', select([...known.map(({ name, label }) => ({ value: name, label })), { value: 'none', label: 'nothing: one line' }], by ?? 'none', change('by'))),
    metric.adds && field('choose-form', 'As', select([{ value: '', label: 'stacked bars' }, { value: '1', label: 'lines' }], isStacked ? '' : '1', change('lines'))),
    field('choose-baseline', 'Compared with', select([{ value: '', label: 'no model' }, ...[...new Set([...models, ...(baseline ? [baseline] : [])])].map((name) => ({ value: name, label: `all of it by ${name}` }))], baseline ?? '', change('baseline'))),
  ];
}

function exportLink(window, { by, baseline, filters: chosen }) {
  return csvLink('v1/usage', { ...queryOf(window), group_by: by ? `${window.step},${by}` : window.step, ...chosen, baseline_model: baseline, limit: 1000 }, 'usage.csv');
}

async function read(window, { metric, by, isStacked, baseline, filters: chosen }, signal) {
  const asked = { filters: chosen, baseline, signal };
  const [total, parts, steps] = await Promise.all([totalOf(window, asked), by ? partsOf(window, by, asked) : null, stepSums(window, { ...asked, dimension: by })]);
  if (!total) {
    return empty(`Nothing was used in this window (${window.phrase})${Object.keys(chosen).length > 0 ? ' that fits these filters' : ''}. Its ${metric.label.toLowerCase()} over time would stand here. This is a first request:`, firstRequest());
  }

  const title = `${metric.label}${by ? ` by ${labelOf(by)}` : ''}, ${window.phrase}, by the ${window.step}`;
  return [
    timeChart({
      id: 'usage-chart', title, times: stepsOf(window), step: window.step, series: seriesOf(window, metric, by, parts?.data ?? [], steps.data), format: metric.format, isStacked,
    }),
    !(steps.isWhole && (parts?.isWhole ?? true)) && el('p', { class: 'notice' }, 'There is more than this page reads. Choose a filter, a shorter window or fewer groups; the CSV has the whole by pages.'),
    baseline && saving(total, baseline),
    sums(total, parts?.data ?? [], by, metric, baseline),
  ];
}

/** The greatest groups have a line each; of what adds up, the others have one together. */
function seriesOf(window, metric, by, parts, steps) {
  if (!by) {
    return [{ label: metric.label, values: valuesOf(window, steps, metric) }];
  }

  const greatest = [...parts].sort((left, right) => (metric.of(right) ?? 0) - (metric.of(left) ?? 0)).slice(0, shownSeries).map((sum) => sum[by]);
  const series = greatest.map((value) => ({ label: groupLabel(by, value), values: valuesOf(window, steps.filter((sum) => sum[by] === value), metric) }));
  const others = steps.filter((sum) => !greatest.includes(sum[by]));
  if (others.length > 0 && metric.adds) {
    const added = new Map();
    for (const sum of others) {
      added.set(sum.from, (added.get(sum.from) ?? 0) + metric.of(sum));
    }

    const asSums = [...added].map(([from, value]) => ({ from, value }));
    series.push({ label: 'all others', values: valuesOf(window, asSums, { of: ({ value }) => value, adds: true }) });
  }

  return series;
}

function saving({ cost, baseline_cost: whole, saved }, baseline) {
  return el('p', { class: 'notice' }, 'All of it by ', el('strong', {}, baseline), ` would have cost ${format.money(whole)}; it cost ${format.money(cost)}: `,
    el('strong', {}, saved >= 0 ? `${format.money(saved)} saved (${format.share(whole > 0 ? saved / whole : null)})` : `${format.money(-saved)} more`), '.');
}

function sums(total, parts, by, metric, baseline) {
  const always = ['requests', 'failures', 'cost', 'tokens', 'cached_share', 'latency_p50', 'latency_p95', 'cache_hits'];
  const columns = [metric, ...always.filter((name) => name !== metric.name).map(metricOf)];
  const rows = [...[...parts].sort((left, right) => (metric.of(right) ?? 0) - (metric.of(left) ?? 0)), { ...total, isTotal: true }];
  return section('Sums', table('Sums of the window', [
    { label: by ? labelOf(by, true) : 'All', class: 'name', cells: (sum) => (sum.isTotal ? 'All together' : filterLink(by, sum[by])) },
    ...columns.map((one) => numbers(one.label, (sum) => one.format(one.of(sum)))),
    ...(baseline ? [numbers(`As ${baseline}`, (sum) => format.money(sum.baseline_cost))] : []),
  ], rows, { rowAttributes: (sum) => ({ class: sum.isTotal ? 'total-row' : null }) }));
}

function filterLink(by, value) {
  const text = groupLabel(by, value);
  return dimensions.some(({ name }) => name === by) && value !== null && value !== '' ? el('a', { href: linkHere({ [by]: value }), title: 'Only this one' }, text) : text;
}

function labelOf(by, isHeading = false) {
  const label = dimensions.find(({ name }) => name === by)?.label ?? by;
  return isHeading ? label : label.charAt(0).toLowerCase() + label.slice(1);
}

/** The tags that keys have. */
async function tagNames(session, signal) {
  if (session.role !== 'admin') {
    return [];
  }

  const { data } = await get('v1/admin/keys', { limit: 200 }, signal).catch(() => ({ data: [] }));
  return [...new Set(data.flatMap(({ tags }) => Object.keys(tags ?? {})))].sort();
}
