// Figures and times as people read them. What is not known is a dash.
import { el } from './dom.js';

export const unknown = '–';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A count: 1,234, and 1.23M from a million on. */
export function count(value) {
  if (!isNumber(value)) {
    return unknown;
  }

  return Math.abs(value) < 1e6
    ? value.toLocaleString('en', { maximumFractionDigits: Number.isInteger(value) ? 0 : 1 })
    : value.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 4 });
}

/** US dollars with as many digits as tell something: $1,204.50, $0.1602, $0.0000248. */
export function money(value) {
  if (!isNumber(value)) {
    return unknown;
  }

  const size = Math.abs(value);
  const digits = size === 0 ? { maximumFractionDigits: 0 }
    : size < 0.01 ? { maximumSignificantDigits: 3 }
    : size < 1 ? { minimumFractionDigits: 2, maximumFractionDigits: 4 }
    : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return value.toLocaleString('en', { style: 'currency', currency: 'USD', ...digits });
}

/** A share from 0 to 1 as per cent. */
export function share(value) {
  return isNumber(value) ? `${(value * 100).toLocaleString('en', digitsOfShare(Math.abs(value)))} %` : unknown;
}

/** A time that something took, given in seconds: 312 µs, 87 ms, 1.24 s, 3 min. */
export function seconds(value) {
  if (!isNumber(value)) {
    return unknown;
  }

  if (value === 0) {
    return '0 ms';
  }

  if (value < 0.001) {
    return `${Math.round(value * 1e6)} µs`;
  }

  if (value < 1) {
    return `${(value * 1000).toLocaleString('en', { maximumSignificantDigits: value < 0.1 ? 2 : 3 })} ms`;
  }

  return value < 120 ? `${value.toLocaleString('en', { maximumSignificantDigits: 3 })} s` : `${(value / 60).toLocaleString('en', { maximumSignificantDigits: 3 })} min`;
}

/** The same given in milliseconds. */
export function milliseconds(value) {
  return isNumber(value) ? seconds(value / 1000) : unknown;
}

/** A plain number with few digits. */
export function decimal(value) {
  return isNumber(value) ? value.toLocaleString('en', { maximumSignificantDigits: 3 }) : unknown;
}

/** Bytes of a file. */
export function bytes(value) {
  return value < 1024 ? `${value} B` : `${(value / 1024).toLocaleString('en', { maximumFractionDigits: 1 })} KiB`;
}

/** A moment in local time, with UTC when it is pointed at. */
export function time(value, { withDate = true } = {}) {
  if (!value) {
    return unknown;
  }

  const date = new Date(value);
  return el('time', { datetime: date.toISOString(), title: `${utc(date)} UTC` }, localTime(date, withDate));
}

/** A moment in local time. */
export function localTime(date, withDate = true) {
  return date.toLocaleString('en-GB', {
    ...(withDate && { day: 'numeric', month: 'short', ...(date.getFullYear() !== new Date().getFullYear() && { year: 'numeric' }) }),
    hour: '2-digit', minute: '2-digit', second: '2-digit',
  });
}

/** A day by the UTC calendar, as usage by the day is counted. */
export function utcDay(date) {
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
}

/** How long ago, or how long still: `3 min ago`, `in 2 h`. */
export function relative(value, now = Date.now()) {
  if (!value) {
    return unknown;
  }

  const distance = new Date(value).getTime() - now;
  const text = span(Math.abs(distance));
  return el('time', { datetime: new Date(value).toISOString(), title: `${localTime(new Date(value))}, ${utc(new Date(value))} UTC` }, distance > 0 ? `in ${text}` : `${text} ago`);
}

/** What a figure became against the time before: `+12 %`, and from ten times on `× 43`. */
export function change(now, before) {
  if (!isNumber(now) || !isNumber(before) || before === 0) {
    return null;
  }

  const ratio = now / before - 1;
  if (Math.abs(ratio) < 0.0005) {
    return '±0 %';
  }

  if (ratio >= 9) {
    return `× ${(now / before).toLocaleString('en', { maximumSignificantDigits: 2 })}`;
  }

  const percent = Math.abs(ratio) * 100;
  return `${ratio > 0 ? '+' : '−'}${percent.toLocaleString('en', { maximumFractionDigits: percent < 10 ? 1 : 0 })} %`;
}

/** `1 request`, `2 requests`. */
export function counted(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** What a record says was asked for: what stood in `model`, else the first of `models` and how many more. */
export function asked({ requested_model: one, requested_models: [first, ...more] = [] }) {
  return one || (first ? first + (more.length > 0 ? ` +${more.length}` : '') : unknown);
}

/** A name of the router's own as words: `below_floor` is `below floor`. */
export function words(name) {
  return name ? String(name).replaceAll('_', ' ') : unknown;
}

function span(distance) {
  if (distance < minute) {
    return `${Math.round(distance / second)} s`;
  }

  if (distance < hour) {
    return `${Math.round(distance / minute)} min`;
  }

  return distance < 2 * day ? `${Math.round(distance / hour)} h` : `${Math.round(distance / day)} days`;
}

function utc(date) {
  return date.toISOString().replace('T', ' ').replace(/\.\d+Z$/, '');
}

function digitsOfShare(size) {
  const digits = size === 0 || size === 1 ? 0 : size < 0.01 ? 2 : 1;
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}

function isNumber(value) {
  return typeof value === 'number' && Number.isFinite(value);
}
