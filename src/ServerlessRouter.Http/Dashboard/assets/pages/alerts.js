// What the router noticed, open and past.
import { get, send } from '../api.js';
import { el } from '../dom.js';
import * as format from '../format.js';
import { badge, below, empty, paging, problem, region, table } from '../parts.js';
import { linkHere } from '../place.js';

const pageSize = 50;

/** @type {import('./all.js').Opening} */
export function open({ place, signal }) {
  const isAll = place.params.state === 'all';
  const said = el('div', {});
  const list = region(async () => draw(await get('v1/admin/alerts', { state: isAll ? 'all' : 'open', limit: pageSize, after: place.params.after }, signal), isAll, place, acknowledge));
  const acknowledge = async (id) => {
    said.replaceChildren();
    try {
      await send('POST', `v1/admin/alerts/${encodeURIComponent(id)}/acknowledge`);
    } catch (error) {
      said.replaceChildren(problem(error));
    }

    await list.update();
  };
  const tab = (state, label, isHere) => el('a', { href: linkHere({ state, after: null }), 'aria-current': isHere ? 'true' : null }, label);
  return {
    body: el('section', { class: 'panel', 'aria-label': 'Alerts' }, el('nav', { class: 'tabs', 'aria-label': 'Which alerts' }, tab(null, 'Open', !isAll), tab('all', 'Open and past', isAll)), said, list.node),
    update: list.update,
  };
}

function draw({ data, has_more: hasMore, next }, isAll, place, acknowledge) {
  const pages = paging('alerts', place.params.after, hasMore && next);
  if (data.length === 0) {
    return [empty(`${isAll ? 'There was no alert yet' : 'No alert is open'}. Used-up budgets, deployments that fail and refused configurations would stand here.`), pages];
  }

  return [table(isAll ? 'Open and past alerts' : 'Open alerts', [
    { label: 'Alert', class: 'name', cells: (alert) => [badge(alert.severity, alert.severity === 'critical' ? 'bad' : 'warn'), ' ', format.words(alert.type)] },
    { label: 'Subject', class: 'name', cells: (alert) => alert.subject },
    { label: 'Cause', class: 'wide', cells: (alert) => [alert.cause, figures(alert.figures)] },
    { label: 'Since', cells: (alert) => format.time(alert.since) },
    { label: 'State', cells: (alert) => (alert.resolved ? [badge('over', 'good'), below(format.time(alert.resolved))] : badge('open', 'warn')) },
    { label: 'Seen', cells: (alert) => seen(alert, acknowledge) },
  ], data), pages];
}

function figures(values) {
  const entries = Object.entries(values ?? {});
  return entries.length > 0 && el('dl', { class: 'figures' }, entries.map(([name, value]) => el('div', {}, el('dt', {}, format.words(name)), el('dd', {}, figure(name, value)))));
}

function figure(name, value) {
  if (typeof value !== 'number') {
    return value;
  }

  return /usd|cost/.test(name) ? format.money(value) : format.decimal(value);
}

function seen({ id, subject, type, acknowledged, resolved }, acknowledge) {
  if (acknowledged) {
    return ['by ', acknowledged.by, below(format.time(acknowledged.at))];
  }

  return resolved ? format.unknown : el('button', { type: 'button', class: 'small', id: `acknowledge-${id}`, 'aria-label': `Acknowledge ${format.words(type)} of ${subject}`, onclick: () => acknowledge(id) }, 'Acknowledge');
}
