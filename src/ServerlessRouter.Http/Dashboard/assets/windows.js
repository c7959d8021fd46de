// The window of time that is looked at, and the steps in which usage is counted in it.
import { localTime, utcDay } from './format.js';

const minute = 60e3;
const hour = 60 * minute;
const day = 24 * hour;

/** How far back usage is told in these steps. */
const kept = { minute: 2 * day, hour: 35 * day, day: 400 * day };
const lengths = { minute, hour, day };

export const presets = [
  { name: '1h', label: 'Last hour', length: hour, step: 'minute' },
  { name: '6h', label: 'Last 6 hours', length: 6 * hour, step: 'minute' },
  { name: '24h', label: 'Last 24 hours', length: day, step: 'hour' },
  { name: '7d', label: 'Last 7 days', length: 7 * day, step: 'hour' },
  { name: '30d', label: 'Last 30 days', length: 30 * day, step: 'day' },
  { name: '90d', label: 'Last 90 days', length: 90 * day, step: 'day' },
];

export const defaultPreset = '24h';

/**
 * @typedef {object} TimeWindow
 * @property {Date} from
 * @property {Date} to Not part of it.
 * @property {'minute' | 'hour' | 'day'} step
 * @property {string} label
 * @property {string} phrase The same inside a sentence.
 * @property {string | null} preset Null where it was chosen by its times.
 */

/** The window that an address names: one of the presets, or `from` and `to`. @returns {TimeWindow} */
export function windowOf(params, now = Date.now()) {
  const [from, to] = [Date.parse(params.from ?? ''), Date.parse(params.to ?? '')];
  if (from < to) {
    return snapped(from, Math.min(to, ceiling(now, minute)), stepFor(from, to, now));
  }

  const preset = presets.find(({ name }) => name === params.window) ?? presets.find(({ name }) => name === defaultPreset);
  const end = ceiling(now + 1, lengths[preset.step]);
  return { from: new Date(end - preset.length), to: new Date(end), step: preset.step, label: preset.label, phrase: `last ${preset.label.slice(5)}`, preset: preset.name };
}

/** The window of the same length before it; null where it is no longer told. @returns {TimeWindow | null} */
export function before(window, now = Date.now()) {
  const length = window.to - window.from;
  const from = window.from - length;
  return from < floor(now - kept[window.step], lengths[window.step]) + lengths[window.step] ? null : { ...window, from: new Date(from), to: window.from };
}

/** As `from` and `to` of the API. */
export function queryOf(window) {
  return { from: iso(window.from), to: iso(window.to) };
}

/** The beginnings of all its steps. @returns {Date[]} */
export function stepsOf(window) {
  const steps = [];
  for (let at = window.from.getTime(); at < window.to; at += lengths[window.step]) {
    steps.push(new Date(at));
  }

  return steps;
}

/** What one step is called: days are those of UTC, as they are counted. */
export function labelOf(date, step) {
  return step === 'day' ? `${utcDay(date)} (UTC)` : localTime(date).replace(/:\d\d$/, '');
}

function snapped(from, to, step) {
  const window = { from: new Date(floor(from, lengths[step])), to: new Date(ceiling(to, lengths[step])), step, preset: null };
  const label = step === 'day' ? `${utcDay(window.from)} to ${utcDay(new Date(window.to - 1))}` : `${labelOf(window.from, step)} to ${labelOf(window.to, step)}`;
  return { ...window, label, phrase: label };
}

function stepFor(from, to, now) {
  if (to - from <= 6 * hour && from >= now - kept.minute + hour) {
    return 'minute';
  }

  return to - from <= 8 * day && from >= now - kept.hour + day ? 'hour' : 'day';
}

function floor(at, length) {
  return Math.floor(at / length) * length;
}

function ceiling(at, length) {
  return Math.ceil(at / length) * length;
}

function iso(date) {
  return date.toISOString().replace('.000Z', 'Z');
}
