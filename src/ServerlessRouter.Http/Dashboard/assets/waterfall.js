// The calls of a request on one line of time: the router's own part, the wait for the first word, the answer, and what failed.
import { el } from './dom.js';
import * as format from './format.js';
import { badge, numbers, soft, swatch, table } from './parts.js';

const answered = 'answered';
/** Colours of style.css. */
const colours = { own: 'series-3', waiting: 'waiting', answering: 'series-1', broken: 'failed' };

/** @param {object} record Of a request. */
export function waterfall(record) {
  const whole = Math.max(record.duration_ms ?? 0, ...record.attempts.map(endOf), 1);
  const rows = [ownPart(record), ...record.attempts];
  return [
    table('Calls over time', [
      { label: 'Call', class: 'name', cells: (row) => (row.isOwn ? 'The router' : [row.model, ' ', soft([format.words(row.reason), row.purpose && `, ${format.words(row.purpose)}`].filter(Boolean).join(''))]) },
      { label: 'Outcome', cells: (row) => (row.isOwn ? soft('own part') : outcome(row)) },
      { label: `0 to ${format.milliseconds(whole)}`, class: 'timeline-cell', cells: (row) => timeline(row, whole) },
      numbers('Began', (row) => format.milliseconds(row.started_ms)),
      numbers('First token', (row) => format.milliseconds(row.time_to_first_token_ms)),
      numbers('Took', (row) => format.milliseconds(row.duration_ms)),
      numbers('Cost', (row) => (row.isOwn ? format.unknown : format.money(row.cost))),
    ], rows, { rowAttributes: (row) => ({ class: !row.isOwn && row.outcome !== answered ? 'failed-row' : null }) }),
    el('ul', { class: 'legend' },
      [['own', 'The router'], ['waiting', 'Wait for the first token'], ['answering', 'Answer'], ['broken', 'Failed']].map(([kind, label]) => el('li', {}, swatch(colours[kind]), label))),
  ];
}

/** Before the first call, and what else no vendor had a part in. */
function ownPart({ attempts, overhead_ms: overhead }) {
  const first = Math.min(...attempts.map(({ started_ms: start }) => start ?? Infinity));
  return { isOwn: true, started_ms: 0, duration_ms: overhead ?? (Number.isFinite(first) ? first : null), time_to_first_token_ms: null };
}

function endOf({ started_ms: start, duration_ms: took }) {
  return (start ?? 0) + (took ?? 0);
}

function outcome({ outcome: name, upstream_status: status, rejected_by: check }) {
  return [badge(format.words(name), name === answered ? 'good' : 'bad'), status && soft(` ${status}`), check && soft(` by ${check}`)];
}

function timeline(row, whole) {
  const bar = (kind, from, length) => el('span', { class: `timeline-bar ${kind}`, style: { color: `var(--${colours[kind]})`, left: `${(from / whole) * 100}%`, width: `${(length / whole) * 100}%` } });
  const [start, took, wait] = [row.started_ms ?? 0, row.duration_ms ?? 0, row.time_to_first_token_ms];
  const bars = row.isOwn ? [bar('own', start, took)]
    : row.outcome !== answered ? [bar('broken', start, took)]
    : wait ? [bar('waiting', start, wait), bar('answering', start + wait, Math.max(0, took - wait))]
    : [bar('answering', start, took)];
  return el('div', { class: 'timeline', 'aria-hidden': 'true' }, bars);
}
