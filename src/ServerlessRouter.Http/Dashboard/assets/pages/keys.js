// The keys that were issued and every budget: what is spent, pending and expected.
import { ApiError, get, getAll, send } from '../api.js';
import { openDialog, confirmDialog } from '../dialogs.js';
import { el } from '../dom.js';
import * as format from '../format.js';
import { createKey } from '../key-form.js';
import { badge, below, copyButton, curl, empty, field, meter, numbers, region, section, soft, table } from '../parts.js';
import { linkTo } from '../place.js';

/** @type {import('./all.js').Opening} */
export function open({ session, signal }) {
  const isAdmin = session.role === 'admin';
  const issued = region(() => readKeys(isAdmin, signal, () => update()));
  const budgets = isAdmin ? region(() => readBudgets(signal)) : null;
  const update = () => Promise.all([issued.update(), budgets?.update()]);
  return {
    body: el('div', {},
      section('Issued keys', el('div', { class: 'tools' }, el('button', { type: 'button', class: 'primary', id: 'create-key', onclick: () => create(signal, update) }, 'Create a key')), issued.node),
      budgets && section('All budgets', budgets.node)),
    update,
  };
}

async function readKeys(isAdmin, signal, update) {
  const [{ data: found, isWhole }, { data: budgets }] = await Promise.all([
    getAll('v1/admin/keys', { limit: 500 }, signal, 4),
    isAdmin ? getAll('v1/admin/budgets', { limit: 1000 }, signal, 4) : { data: [] },
  ]);
  if (found.length === 0) {
    return empty('No key was issued yet. Each would stand here with its tier, its routes, its limits and what it spent. The button above issues one, and so does this:', curl('v1/admin/keys', { body: { name: 'search', budget: { usd: 50, per: 'month' } } }));
  }

  const budgetsOf = (key) => budgets.filter(({ kind, subject }) => kind === 'key' && subject === key.name);
  return [
    table('Issued keys', [
      { label: 'Name', class: 'name', cells: (key) => [isAdmin ? el('a', { href: linkTo('usage', { params: { key: key.name, by: 'model' } }) }, key.name) : key.name, tagsOf(key)] },
      { label: 'State', cells: (key) => stateOf(key) },
      { label: 'Tier', class: 'name', cells: (key) => [key.tier ?? 'default', key.routes && below(key.routes.join(', '))] },
      { label: 'Limits', cells: (key) => limitsOf(key) },
      { label: 'Budgets', class: 'budgets', cells: (key) => (budgetsOf(key).length > 0 ? budgetsOf(key).map(drawBudget) : format.unknown) },
      { label: 'Issued', cells: (key) => [format.time(key.created_at), below('by ', key.created_by)] },
      { label: 'Change', class: 'row-actions', cells: (key) => actions(key, update) },
    ], found),
    !isWhole && el('p', { class: 'notice' }, 'There are more keys than are shown here. The command line lists them all: serverless-router keys list.'),
  ];
}

async function readBudgets(signal) {
  const { data, isWhole } = await getAll('v1/admin/budgets', { limit: 1000 }, signal, 4);
  if (data.length === 0) {
    return empty('No budget is set. What each has spent, has set aside for requests under way, and will have spent by the end of its window would stand here. A key gets one when it is issued; tiers, routes and models get theirs in the configuration.');
  }

  return [table('All budgets', [
    { label: 'Of', class: 'name', cells: (budget) => [budget.subject, ' ', soft(budget.kind)] },
    { label: 'Budget', class: 'name', cells: (budget) => budget.name },
    { label: 'Used', class: 'budgets', cells: drawBudget },
    numbers('Pending', (budget) => format.money(budget.pending_usd)),
    numbers('Expected', (budget) => [format.money(budget.forecast_usd), budget.forecast_usd > budget.budget_usd && [' ', badge('too much', 'warn')]]),
    { label: 'Begins again', cells: (budget) => format.relative(budget.resets_at) },
  ], data), !isWhole && el('p', { class: 'notice' }, 'There are more budgets than are shown here.')];
}

function drawBudget(budget) {
  const { spent_usd: spent, pending_usd: pending, budget_usd: whole, forecast_usd: forecast, name } = budget;
  const period = name.split('.').pop();
  const text = `${format.money(spent)} of ${format.money(whole)}`;
  return el('div', { class: 'budget' }, el('span', {}, text, soft(` a ${period}`)),
    meter(`${text} a ${period} are spent${pending > 0 ? `, ${format.money(pending)} pending` : ''}${forecast === null ? '' : `, ${format.money(forecast)} expected`}`, spent, whole, { pending, mark: forecast }));
}

function stateOf(key) {
  if (key.disabled) {
    return badge('disabled', 'bad');
  }

  const hasEnded = key.expires && new Date(key.expires) <= new Date();
  return [hasEnded ? badge('expired', 'bad') : badge('accepted', 'good'), key.expires && !hasEnded && below('until ', format.time(key.expires))];
}

function limitsOf(key) {
  const lines = [
    key.requestsPerMinute && `${format.count(key.requestsPerMinute)} requests a minute`,
    key.tokensPerMinute && `${format.count(key.tokensPerMinute)} tokens a minute`,
    key.concurrentRequests && `${format.count(key.concurrentRequests)} at once`,
  ].filter(Boolean);
  return lines.length > 0 ? lines.map((line) => el('div', {}, line)) : format.unknown;
}

function tagsOf({ tags }) {
  return tags && below(Object.entries(tags).map(([name, value]) => `${name}=${value}`).join(' '));
}

function actions(key, update) {
  const act = (label, kind, perform) => el('button', { type: 'button', class: `small ${kind}`, id: `${label.toLowerCase()}-${key.id}`, 'aria-label': `${label} ${key.name}`, onclick: perform }, label);
  const path = `v1/admin/keys/${encodeURIComponent(key.id)}`;
  const change = (method, at) => async () => {
    await send(method, at);
    await update();
  };
  return [
    act('Rotate', '', () => rotate(key, path, update)),
    key.disabled
      ? act('Enable', '', () => confirmDialog({ title: `Enable ${key.name}?`, text: 'The key is accepted again: here at once, by other instances within 5 seconds.', action: 'Enable', perform: change('POST', `${path}/enable`) }))
      : act('Disable', '', () => confirmDialog({ title: `Disable ${key.name}?`, text: 'Its callers are answered with 401 until it is enabled again: here at once, by other instances within 5 seconds.', action: 'Disable', isDangerous: true, perform: change('POST', `${path}/disable`) })),
    act('Delete', 'danger', () => confirmDialog({ title: `Delete ${key.name}?`, text: ['The key is gone for good, and its callers are answered with 401. What it used stays in the books.', 'This cannot be undone. To stop it for a while, disable it.'], action: 'Delete for good', isDangerous: true, perform: change('DELETE', path) })),
  ];
}

function rotate(key, path, update) {
  const overlap = el('input', { type: 'number', min: '0', max: '720', step: 'any', value: '24', inputmode: 'decimal' });
  confirmDialog({
    title: `Give ${key.name} another secret?`,
    text: ['The new one is shown once. What it has spent and its limits stay.', field('overlap', 'Hours for which the one before is still accepted', overlap, '0: it ends at once. At most 720.')],
    action: 'Rotate',
    perform: async () => {
      const rotated = await send('POST', `${path}/rotate`, { overlapSeconds: Math.round(Number(overlap.value) * 3600) });
      showSecret(rotated);
      await update();
    },
  });
}

async function create(signal, update) {
  const { data: tiers } = await get('v1/admin/tiers', {}, signal).catch((error) => {
    if (error instanceof ApiError) {
      return { data: [] };
    }

    throw error;
  });
  createKey(tiers, async (order) => {
    const created = await send('POST', 'v1/admin/keys', order);
    await update();
    return () => showSecret(created);
  });
}

/** The one time that a key is shown: it leaves the page with the dialog. */
function showSecret({ name, key }) {
  openDialog(`The key of ${name}`, (close) => [
    el('p', {}, 'This is the only time it is shown. Copy it to where it will be used.'),
    el('div', { class: 'command' }, el('pre', { class: 'secret', tabindex: '0', 'aria-label': 'Key' }, key), copyButton(() => key)),
    el('div', { class: 'actions' }, el('button', { type: 'button', class: 'primary', onclick: close }, 'I have stored it')),
  ], { isKept: true });
}
