// The deployments: whether they are asked, how fast they answer, how much they still take.
import { get } from '../api.js';
import { el } from '../dom.js';
import * as format from '../format.js';
import { badge, below, empty, firstRequest, meter, numbers, region, section, soft, table } from '../parts.js';
import { linkTo } from '../place.js';

const states = {
  open: { text: 'not asked', kind: 'bad', order: 0 },
  half_open: { text: 'on trial', kind: 'warn', order: 1 },
  closed: { text: 'asked', kind: 'good', order: 2 },
};

/** @type {import('./all.js').Opening} */
export function open({ signal }) {
  const list = region(async () => draw(await get('v1/admin/health', {}, signal)));
  return { body: section('Deployments', list.node), update: list.update };
}

function draw({ data: deployments, last_hour: hour }) {
  if (deployments.length === 0) {
    return empty('This instance knows no deployment yet. Each one of the configuration would stand here: whether it is asked, how fast it answers, what is left of its quota. A request makes the router look at them:', firstRequest());
  }

  const sorted = [...deployments].sort((left, right) => states[left.state].order - states[right.state].order || left.id.localeCompare(right.id));
  const away = sorted.filter(({ state }) => state !== 'closed').length;
  return [
    el('p', { class: 'lead' }, away === 0 ? `All ${format.counted(sorted.length, 'deployment')} are asked.` : `${away} of ${format.counted(sorted.length, 'deployment')} ${away === 1 ? 'is' : 'are'} left alone or on trial.`,
      soft(` Breakers are shared. Calls, success and times are ${hour ? 'of the last hour over all instances' : 'not to be read just now'}; what is under way and left is as the instance that answered sees it.`)),
    table('Deployments', [
      { label: 'Deployment', class: 'name', cells: (one) => [el('a', { href: linkTo('requests', { params: { deployment: one.id } }) }, one.id), below(one.model)] },
      { label: 'State', cells: (one) => stateOf(one) },
      numbers('Calls', ({ last_hour: all }) => format.count(all?.attempts)),
      numbers('Succeeds', ({ last_hour: all }) => format.share(all?.success_rate)),
      numbers('Latency', ({ last_hour: all }) => [format.milliseconds(all?.latency_ms), all?.latency_p95_ms && below('p95 ', format.milliseconds(all.latency_p95_ms))]),
      numbers('First token', ({ last_hour: all }) => format.milliseconds(all?.first_token_ms)),
      { label: 'Under way', cells: (one) => underWay(one) },
      numbers('Requests left', (one) => format.count(one.remaining?.requests)),
      numbers('Tokens left', (one) => [format.count(one.remaining?.tokens), one.remaining?.resets_at && below('full ', format.relative(one.remaining.resets_at))]),
      { label: 'Probed by', class: 'name', cells: (one) => one.probed_by ?? format.unknown },
    ], sorted),
  ];
}

function stateOf({ state, cause, until }) {
  return [badge(states[state].text, states[state].kind), (cause || until) && below(cause && format.words(cause), until && [cause && ', ', 'tried again ', format.relative(until)])];
}

function underWay({ in_flight: now, concurrent_requests: slots }) {
  return slots ? [`${now ?? 0} of ${slots}`, meter(`${now ?? 0} of ${slots} slots are taken`, now ?? 0, slots)] : format.count(now);
}
