// What can be shown of usage, and by what it can be grouped.
import * as format from './format.js';

/**
 * @typedef {object} Metric
 * @property {string} name As the address has it.
 * @property {string} label
 * @property {(sum: object) => number | null} of Its value in a sum of the API.
 * @property {(value: number) => string} format
 * @property {boolean} adds Whether the values of parts add up to that of the whole, so that they can be stacked.
 */

/** @returns {Metric} */
const counted = (name, label, of = (sum) => sum[name] ?? 0) => ({ name, label, of, format: format.count, adds: true });

/** @returns {Metric} */
const paid = (name, label, of = (sum) => sum[name] ?? 0) => ({ name, label, of, format: format.money, adds: true });

/** @returns {Metric} */
const timed = (name, label) => ({ name, label, of: (sum) => sum[name] ?? null, format: format.seconds, adds: false });

const ratio = (part, whole) => (whole > 0 ? part / whole : null);

export const groups = [
  { label: 'Volume', metrics: [
    counted('requests', 'Requests'),
    counted('failures', 'Failed requests'),
    { name: 'failure_rate', label: 'Share of failures', of: (sum) => ratio(sum.failures, sum.requests), format: format.share, adds: false },
    counted('attempts', 'Calls to vendors'),
    counted('fallbacks', 'Fallbacks'),
    counted('hedges', 'Hedges'),
    counted('escalations', 'Escalations'),
  ] },
  { label: 'Money', metrics: [
    paid('cost', 'Spend'),
    { name: 'cost_per_request', label: 'Spend per request', of: (sum) => ratio(sum.cost, sum.requests), format: format.money, adds: false },
    paid('saved_cost', 'Saved by the cache'),
  ] },
  { label: 'Tokens', metrics: [
    counted('tokens', 'All tokens', (sum) => sum.prompt_tokens + sum.completion_tokens),
    counted('fresh_tokens', 'Fresh prompt tokens', (sum) => freshTokens(sum)),
    counted('cached_tokens', 'Cached prompt tokens'),
    counted('cache_write_tokens', 'Tokens written to vendors’ caches'),
    counted('completion_tokens', 'Output tokens'),
    counted('reasoning_tokens', 'Reasoning tokens'),
    { name: 'cached_share', label: 'Cached share of prompts', of: (sum) => ratio(sum.cached_tokens, sum.prompt_tokens), format: format.share, adds: false },
    { name: 'tokens_per_second_p50', label: 'Tokens per second, median', of: (sum) => sum.tokens_per_second_p50 ?? null, format: format.decimal, adds: false },
  ] },
  { label: 'Time', metrics: [
    timed('latency_p50', 'Latency, median'), timed('latency_p95', 'Latency, p95'), timed('latency_p99', 'Latency, p99'),
    timed('first_token_p50', 'First token, median'), timed('first_token_p95', 'First token, p95'), timed('first_token_p99', 'First token, p99'),
    timed('overhead_p50', 'The router’s own part, median'), timed('overhead_p95', 'The router’s own part, p95'), timed('overhead_p99', 'The router’s own part, p99'),
  ] },
  { label: 'The router’s cache', metrics: [
    counted('cache_hits', 'Answers from the cache'),
    { name: 'hit_rate', label: 'Share of answers from the cache', of: (sum) => ratio(sum.cache_hits, sum.requests), format: format.share, adds: false },
  ] },
];

const byName = new Map(groups.flatMap(({ metrics }) => metrics).map((metric) => [metric.name, metric]));

/** The metric of that name, else that of requests. @returns {Metric} */
export function metricOf(name) {
  return byName.get(name) ?? byName.get('requests');
}

/** What usage can be grouped by, with tags on top, and filtered by. @type {import('./filters.js').Filter[]} */
export const dimensions = [
  { name: 'model', label: 'Model', names: 'models' },
  { name: 'model_asked', label: 'Model asked for' },
  { name: 'route', label: 'Route', names: 'routes' },
  { name: 'key', label: 'Key', names: 'keys' },
  { name: 'tier', label: 'Tier', names: 'tiers' },
  { name: 'provider', label: 'Provider' },
  { name: 'deployment', label: 'Deployment' },
  { name: 'task', label: 'Task' },
  { name: 'status', label: 'Status' },
];

/** What a group of usage is called. */
export function groupLabel(dimension, value) {
  if (value !== null && value !== undefined && value !== '') {
    return String(value);
  }

  return dimension === 'key' ? 'no key' : 'none';
}

/** Prompt tokens that no cache of a vendor knew. */
export function freshTokens(sum) {
  return Math.max(0, (sum.prompt_tokens ?? 0) - (sum.cached_tokens ?? 0) - (sum.cache_write_tokens ?? 0));
}
