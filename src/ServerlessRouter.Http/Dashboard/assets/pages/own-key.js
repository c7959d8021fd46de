// What a key may do, and what is left of its limits: for its holder.
import { get } from '../api.js';
import { el } from '../dom.js';
import * as format from '../format.js';
import { facts, meter, numbers, region, section, table } from '../parts.js';

/** @type {import('./all.js').Opening} */
export function open({ signal }) {
  const whole = region(async () => draw((await get('v1/key', {}, signal)).data));
  return { body: whole.node, update: whole.update };
}

function draw(key) {
  return [
    section('Key', facts([
      ['Name', key.label ?? 'none: a caller without a key'],
      ['Tier', key.tier],
      ['Accepted until', key.expires_at ? format.time(key.expires_at) : 'taken away'],
      ['Spent of the tightest budget', key.limit === null ? 'no budget' : `${format.money(key.usage)} of ${format.money(key.limit)} (${key.limit_reset ?? 'once'})`],
    ])),
    section('Limits', key.limits.length === 0 ? el('p', {}, 'This key is under no limit.') : table('Limits', [
      { label: 'Limit', class: 'name', cells: (limit) => limit.name },
      { label: 'Used', cells: (limit) => meter(`${valueOf(limit, limit.limit - limit.remaining)} of ${valueOf(limit, limit.limit)} are used`, limit.limit - limit.remaining, limit.limit) },
      numbers('Left', (limit) => valueOf(limit, limit.remaining)),
      numbers('Of', (limit) => valueOf(limit, limit.limit)),
      { label: 'Full again', cells: (limit) => (limit.resets_at ? format.relative(limit.resets_at) : format.unknown) },
    ], key.limits)),
    section('May ask for', el('ul', { class: 'chips' }, key.routes.map((name) => el('li', {}, el('code', {}, name))))),
  ];
}

function valueOf({ name }, value) {
  return name.includes('budget') ? format.money(value) : format.count(value);
}
