// Sums of usage, read from the API.
import { getAll } from './api.js';
import { queryOf, stepsOf } from './windows.js';

/** One sum over the whole window, or null where nothing was used. */
export async function totalOf(window, { filters = {}, baseline = null, signal } = {}) {
  const { data } = await getAll('v1/usage', { ...queryOf(window), group_by: 'window', ...filters, baseline_model: baseline }, signal);
  return data[0]?.requests > 0 || data[0]?.attempts > 0 ? data[0] : null;
}

/** One sum for each value of a dimension. */
export async function partsOf(window, dimension, { filters = {}, baseline = null, signal } = {}) {
  return getAll('v1/usage', { ...queryOf(window), group_by: `window,${dimension}`, ...filters, baseline_model: baseline, limit: 1000 }, signal, 3);
}

/** One sum for each step of the window, and for each value of a dimension where one is given. */
export async function stepSums(window, { dimension = null, filters = {}, baseline = null, signal } = {}) {
  return getAll('v1/usage', { ...queryOf(window), group_by: dimension ? `${window.step},${dimension}` : window.step, ...filters, baseline_model: baseline, limit: 1000 }, signal, 12);
}

/**
 * The values of a metric at each step: where no sum is, nothing was used.
 * @param {object[]} sums
 * @param {import('./metrics.js').Metric} metric
 */
export function valuesOf(window, sums, metric) {
  const found = new Map(sums.map((sum) => [Date.parse(sum.from), sum]));
  return stepsOf(window).map((step) => {
    const sum = found.get(step.getTime());
    return sum ? metric.of(sum) : metric.adds ? 0 : null;
  });
}
