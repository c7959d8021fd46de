// What happened in the window, against the one before, and what is wrong now.
import { getAll, get } from '../api.js';
import { sparkline, timeChart } from '../charts.js';
import { el } from '../dom.js';
import { partsOf, stepSums, totalOf, valuesOf } from '../figures.js';
import * as format from '../format.js';
import { groupLabel, metricOf } from '../metrics.js';
import { badge, empty, firstRequest, numbers, region, section, table } from '../parts.js';
import { linkTo } from '../place.js';
import { before, stepsOf } from '../windows.js';

/** @type {import('./all.js').Opening} */
export function open({ session, window, signal }) {
  const isAdmin = session.role === 'admin';
  const troubles = isAdmin ? region(() => readTroubles(signal)) : null;
  const figures = region(() => readFigures(window(), signal));
  const tops = region(() => readTops(window(), isAdmin ? ['model', 'route', 'key'] : ['model', 'route'], signal));
  return {
    body: el('div', {}, isAdmin && section('Wrong now', troubles.node), figures.node, tops.node),
    update: () => Promise.all([troubles, figures, tops].map((part) => part?.update())),
  };
}

/** The cards: a figure, a second one that explains it, and whether more of it is worse. */
const cards = [
  { title: 'Requests', metric: 'requests', more: (sum) => [format.counted(sum.attempts, 'call'), ' to vendors'] },
  { title: 'Spend', metric: 'cost', more: (sum) => [format.money(sum.saved_cost), ' saved by the cache'], lessIsBetter: true },
  { title: 'Latency, median', metric: 'latency_p50', more: (sum) => ['p95 ', format.seconds(sum.latency_p95), ' · first token ', format.seconds(sum.first_token_p50)], lessIsBetter: true },
  { title: 'Failures', metric: 'failure_rate', more: (sum) => [format.counted(sum.failures, 'failed request'), ' · ', format.counted(sum.fallbacks ?? 0, 'fallback')], lessIsBetter: true, link: () => linkTo('requests', { params: { status: 'error' } }) },
  { title: 'Cache hits', metric: 'hit_rate', more: (sum) => [format.count(sum.cache_hits), ' answers · vendors’ caches ', format.share(sum.cached_share)] },
  { title: 'Router’s own time, p95', metric: 'overhead_p95', more: (sum) => ['median ', format.seconds(sum.overhead_p50)], lessIsBetter: true },
];

async function readFigures(window, signal) {
  const earlier = before(window);
  const [now, past, steps] = await Promise.all([totalOf(window, { signal }), earlier ? totalOf(earlier, { signal }) : null, stepSums(window, { signal })]);
  if (!now) {
    return section('Requests over time', empty(`No request ended in this window (${window.phrase}). Its figures, lines and sums would stand here. This makes one:`, firstRequest()));
  }

  const [failed, answered] = [metricOf('failures'), { of: (sum) => sum.requests - sum.failures, adds: true }];
  return [
    el('ul', { class: 'cards' }, cards.map((card) => drawCard(card, window, now, past, steps.data))),
    section('Requests over time', timeChart({
      id: 'requests-chart',
      title: `Requests, ${window.phrase}, by the ${window.step}`,
      times: stepsOf(window),
      step: window.step,
      series: [
        { label: 'Failed', values: valuesOf(window, steps.data, failed), colour: 'failed' },
        { label: 'Answered', values: valuesOf(window, steps.data, answered), colour: 'series-1' },
      ],
      format: format.count,
      isStacked: true,
    })),
  ];
}

function drawCard({ title, metric: name, more, lessIsBetter = null, link = null }, window, now, past, steps) {
  const metric = metricOf(name);
  const [value, earlier] = [metric.of(now), past ? metric.of(past) : null];
  const changed = format.change(value, earlier);
  const kind = !changed || changed === '±0 %' || lessIsBetter === null ? 'plain' : (value < earlier) === lessIsBetter ? 'good' : 'worse';
  return el('li', { class: 'card' },
    el('h2', {}, el('a', { href: link?.() ?? linkTo('usage', { params: { metric: name } }) }, title)),
    el('p', { class: 'card-value' }, metric.format(value),
      changed && el('span', { class: `change ${kind}`, title: `${metric.format(earlier)} in the window before` }, changed, el('span', { class: 'unseen' }, ' against the window before'))),
    el('p', { class: 'soft' }, more(now)),
    sparkline(valuesOf(window, steps, metric), name === 'failure_rate' ? 'failed' : 'series-1'));
}

async function readTroubles(signal) {
  const [open, deployments, budgets] = await Promise.all([
    get('v1/admin/alerts', { state: 'open', limit: 20 }, signal).catch(unlessMissing),
    get('v1/admin/health', {}, signal).catch(unlessMissing),
    getAll('v1/admin/budgets', { limit: 1000 }, signal, 2),
  ]);
  const rows = [
    ...open.data.map((alert) => ({ kind: alert.severity === 'critical' ? 'bad' : 'warn', name: `Alert: ${format.words(alert.type)}`, text: `${alert.subject}: ${alert.cause}`, link: linkTo('alerts') })),
    ...deployments.data.filter(({ state }) => state !== 'closed').map((one) => ({
      kind: one.state === 'open' ? 'bad' : 'warn', name: one.state === 'open' ? 'Not asked' : 'On trial', text: [one.id, one.cause && `: ${format.words(one.cause)}`, one.until && ', until ', one.until && format.time(one.until, { withDate: false })], link: linkTo('health'),
    })),
    ...budgets.data.filter((budget) => budget.spent_usd + budget.pending_usd >= 0.8 * budget.budget_usd || budget.forecast_usd > budget.budget_usd).map((budget) => ({
      kind: budget.spent_usd >= budget.budget_usd ? 'bad' : 'warn',
      name: budget.spent_usd >= budget.budget_usd ? 'Budget used up' : 'Budget near its end',
      text: `${budget.subject}, ${budget.name}: ${format.money(budget.spent_usd)} of ${format.money(budget.budget_usd)}${budget.forecast_usd > budget.budget_usd ? `, ${format.money(budget.forecast_usd)} expected` : ''}`,
      link: linkTo('keys'),
    })),
  ];
  return rows.length === 0
    ? el('p', { class: 'calm' }, badge('All well', 'good'), ' No open alert, every deployment is asked, and no budget is near its end.')
    : el('ul', { class: 'troubles' }, rows.map(({ kind, name, text, link }) => el('li', {}, badge(name, kind), ' ', el('a', { href: link }, text))));
}

/** A router that has no such thing has nothing wrong with it. */
function unlessMissing(error) {
  if (error.status === 404) {
    return { data: [] };
  }

  throw error;
}

const shownParts = 6;
const names = { model: 'Models', route: 'Routes', key: 'Keys' };

async function readTops(window, dimensions, signal) {
  const answers = await Promise.all(dimensions.map((dimension) => partsOf(window, dimension, { signal })));
  if (answers.every(({ data }) => data.length === 0)) {
    return [];
  }

  return el('div', { class: 'columns' }, dimensions.map((dimension, at) => drawTop(dimension, answers[at].data)));
}

function drawTop(dimension, sums) {
  const total = sums.reduce((whole, { cost }) => whole + cost, 0);
  const rows = [...sums].sort((left, right) => right.cost - left.cost || right.requests - left.requests).slice(0, shownParts);
  return section(names[dimension], table(`${names[dimension]} by what they cost`, [
    { label: names[dimension].slice(0, -1), class: 'name', cells: (sum) => el('a', { href: linkTo('usage', { params: { by: dimension, metric: 'cost', [dimension]: sum[dimension] } }) }, groupLabel(dimension, sum[dimension])) },
    numbers('Requests', (sum) => format.count(sum.requests)),
    numbers('Spend', (sum) => format.money(sum.cost)),
    { label: 'Share', class: 'number bar-cell', cells: (sum) => [el('span', { class: 'bar', 'aria-hidden': 'true', style: { width: `${total > 0 ? (sum.cost / total) * 100 : 0}%` } }), format.share(total > 0 ? sum.cost / total : null)] },
  ], rows), el('p', { class: 'more' }, el('a', { href: linkTo('usage', { params: { by: dimension, metric: 'cost' } }) }, `Usage by ${dimension}`)));
}
