// One request: what was decided and why, what was called when, what it cost.
import { get, send } from '../api.js';
import { el, replace } from '../dom.js';
import * as format from '../format.js';
import { freshTokens } from '../metrics.js';
import { badge, commandLine, copyButton, curl, facts, numbers, problem, region, section, soft, statusBadge, swatch, table } from '../parts.js';
import { linkTo } from '../place.js';
import { drawPlan } from '../plan.js';
import { waterfall } from '../waterfall.js';

/** @type {import('./all.js').Opening} */
export function open({ place, session, signal }) {
  let isRead = false;
  const whole = region(async () => {
    const record = await get(`v1/requests/${encodeURIComponent(place.id)}`, {}, signal);
    isRead = true;
    return draw(record, session);
  });
  // A record does not change.
  return { title: 'Request', parent: 'requests', body: whole.node, update: async () => isRead || whole.update() };
}

function draw(record, session) {
  const key = session.role === 'admin' ? '$ROUTER_ADMIN_KEY' : 'YOUR_KEY';
  return [
    section('What became of it',
      el('p', { class: 'lead' }, statusBadge(record.status), record.error && badge(format.words(record.error), 'bad'), ' ', el('code', {}, record.id), ' ', copyButton(() => record.id, 'Copy the id')),
      facts([
        ['Received', format.time(record.received_at)],
        ['Asked for', el('code', { title: record.requested_models?.join(', ') }, format.asked(record))],
        ['Route', record.route ?? format.unknown],
        ['Answered by', record.model ? [record.model, record.deployment && soft(` at ${record.deployment}`)] : 'none'],
        ['Key', record.key ?? 'none'],
        ['Tier', record.tier],
        ['Time taken', format.milliseconds(record.duration_ms)],
        ['The router’s own part', format.milliseconds(record.overhead_ms)],
        ['Cost', format.money(record.cost)],
        ['Cache', record.cache ? cacheText(record.cache) : null],
        ['Configuration', session.role === 'admin' ? el('a', { href: linkTo('routes', { params: { version: record.config_version } }) }, record.config_version) : record.config_version],
        ['Prices', record.price_version],
        ['Sent as', [record.stream ? 'stream' : 'plain answer', record.kind !== 'live' && `, ${record.kind}`]],
      ])),
    decision(record),
    section('Calls', record.attempts.length === 0 ? el('p', {}, 'No vendor was called.') : waterfall(record)),
    record.attempts.length > 0 && section('Tokens and cost', composition(record)),
    section('Again', el('p', {}, 'The same record from the command line:'), commandLine(curl(`v1/requests/${encodeURIComponent(record.id)}`, { key }))),
  ];
}

function cacheText({ status, reason, age_s: age, saved }) {
  return [format.words(status), reason && `: ${format.words(reason)}`, age !== undefined && `, ${format.seconds(age)} old`, saved !== undefined && `, ${format.money(saved)} saved`].filter(Boolean).join('');
}

function decision({ id, profile, plan, model, requested_model: asked, requested_models: [first] = [] }) {
  const again = [retrial(id), el('p', { class: 'soft' }, 'No prompt is kept: for another one there is the ', el('a', { href: linkTo('playground', { params: { model: asked || first } }) }, 'playground'), '.')];
  if (!plan) {
    return section('Decision', el('p', {}, 'No model was chosen: the request ended before that.'), again);
  }

  return section('Decision',
    profile && facts([
      ['Task', [format.words(profile.task), soft(`, ${format.share(profile.confidence)} sure`)]],
      ['Difficulty', format.decimal(profile.difficulty)],
      ['Language', profile.language ?? format.unknown],
      ['Turns', profile.turns],
      ['Prompt tokens, as guessed', format.count(profile.prompt_tokens)],
      ['Prefers', format.words(plan.objective)],
      ['Rule', plan.rule ?? 'none'],
    ]),
    el('div', { class: 'columns' },
      el('div', {}, el('h3', {}, 'Models in their order'), el('ol', { class: 'order' }, plan.candidates.map((name) => el('li', {}, name, name === model && badge('answered', 'good'))))),
      el('div', {}, el('h3', {}, 'Left out'), plan.excluded.length === 0 ? el('p', { class: 'soft' }, 'None.')
        : el('ul', { class: 'order' }, plan.excluded.map((one) => el('li', {}, one.model, ' ', badge(format.words(one.reason), 'warn')))))),
    again);
}

/** The same decision on today's configuration and with what is known today; no model is called. */
function retrial(id) {
  const node = el('div', { class: 'region', 'aria-live': 'polite' });
  const button = el('button', { type: 'button', id: 'again', onclick: async () => {
    button.disabled = true;
    try {
      const { same, now, recorded } = await send('POST', `v1/requests/${encodeURIComponent(id)}/route`);
      const changed = recorded.config_version === now.config_version ? 'under the same configuration' : `under the configuration ${now.config_version} instead of ${recorded.config_version}`;
      replace(node, el('p', { class: 'notice' }, same ? `It would be the same now, ${changed}.` : `It would be another one now, ${changed}:`), !same && drawPlan(now));
    } catch (error) {
      replace(node, problem(error));
    } finally {
      button.disabled = false;
    }
  } }, 'Try this decision again');
  return el('div', {}, el('p', {}, button), node);
}

const parts = [
  { label: 'Fresh prompt', of: freshTokens, colour: 'series-1' },
  { label: 'Cached prompt', of: (sum) => sum.cached_tokens ?? 0, colour: 'series-2' },
  { label: 'Written to the vendor’s cache', of: (sum) => sum.cache_write_tokens ?? 0, colour: 'series-3' },
  { label: 'Reasoning', of: (sum) => sum.reasoning_tokens ?? 0, colour: 'series-4' },
  { label: 'Output', of: (sum) => Math.max(0, sum.completion_tokens - (sum.reasoning_tokens ?? 0)), colour: 'series-5' },
];

function composition({ attempts, cost }) {
  const shown = parts.map((part) => ({ ...part, tokens: attempts.reduce((whole, attempt) => whole + part.of(attempt), 0) })).filter(({ tokens }) => tokens > 0);
  const whole = shown.reduce((sum, { tokens }) => sum + tokens, 0);
  return [
    whole > 0 && el('div', { class: 'composition', 'aria-hidden': 'true' }, shown.map(({ tokens, colour }) => el('span', { class: 'swatch', style: { color: `var(--${colour})`, 'flex-grow': String(tokens) } }))),
    whole > 0 && table('Tokens by kind', [
      { label: 'Tokens', cells: ({ label, colour }) => [swatch(colour), ' ', label] },
      numbers('Count', ({ tokens }) => format.count(tokens)),
      numbers('Share', ({ tokens }) => format.share(tokens / whole)),
    ], shown),
    el('h3', {}, 'By call'), table('Cost by call', [
      { label: 'Call', class: 'name', cells: (attempt) => [attempt.model, attempt.purpose && soft(` (${format.words(attempt.purpose)})`)] },
      numbers('Tokens', (attempt) => [format.count(attempt.prompt_tokens), ' → ', format.count(attempt.completion_tokens), attempt.is_estimated && soft(' (router’s count)')]),
      numbers('Prompt', (attempt) => format.money(attempt.prompt_cost)),
      numbers('Answer', (attempt) => format.money(attempt.completion_cost)),
      numbers('Cost', (attempt) => format.money(attempt.cost)),
      numbers('Share', (attempt) => format.share(cost > 0 ? attempt.cost / cost : null)),
    ], attempts),
  ];
}
