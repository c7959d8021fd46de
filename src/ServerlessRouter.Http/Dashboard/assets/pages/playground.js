// Shows the plan for a prompt while it is written, and then runs it with a caller's key.
import { ApiError, base, send } from '../api.js';
import { el, replace } from '../dom.js';
import * as format from '../format.js';
import { namesFor } from '../names.js';
import { badge, curl, commandLine, facts, field, problem, section, select, table } from '../parts.js';
import { go, linkHere, linkTo } from '../place.js';

const pause = 300;
const preferences = [{ value: '', label: 'as the route says' }, { value: 'cost', label: 'cost' }, { value: 'latency', label: 'latency' }, { value: 'quality', label: 'quality' }, { value: 'balanced', label: 'balanced' }];
const sample = 'Prove that there are infinitely many primes.';

/** @type {import('./all.js').Opening} */
export function open({ place, session, signal }) {
  const model = place.params.model ?? 'auto';
  const prefer = place.params.prefer ?? '';
  const prompt = el('textarea', { rows: '7', placeholder: sample, spellcheck: 'true' });
  const plan = el('div', { class: 'region', 'aria-live': 'polite' });
  const models = el('div', {}, modelField(model, { routes: [], models: [] }));
  const key = el('input', { type: 'password', autocomplete: 'off', spellcheck: 'false' });
  const asked = () => ({ model, prefer, text: prompt.value || sample, key: key.value.trim() });
  namesFor(session, signal).then((names) => replace(models, modelField(model, names)));
  const explain = explainer(plan, asked, session, signal);
  prompt.addEventListener('input', explain.soon);
  key.addEventListener('input', explain.soon);
  return {
    body: el('div', { class: 'columns wide-left' },
      section('Prompt', el('div', { class: 'field-row' }, models, field('playground-prefer', 'Prefer', select(preferences, prefer, (value) => go(linkHere({ prefer: value || null }))))),
        field('playground-prompt', 'What is asked', prompt, 'It stays on this page, goes to this router alone, and is kept nowhere. While it is empty, the plan is that of the sample.'),
        runner(asked, key)),
      section('Plan', plan)),
    update: explain.first,
  };
}

function modelField(chosen, { routes, models }) {
  const choicesOf = (names) => names.map((name) => ({ value: name, label: name }));
  const choices = [{ label: 'Routes', choices: choicesOf(routes) }, { label: 'Models', choices: choicesOf(models) }];
  const isListed = routes.includes(chosen) || models.includes(chosen);
  return field('playground-model', 'Route or model', select(isListed ? choices : [{ value: chosen, label: chosen }, ...choices], chosen, (value) => go(linkHere({ model: value }))));
}

/** Asks for the plan when the writing rests; a newer question ends the one before. */
function explainer(node, asked, session, signal) {
  let timer = 0;
  let question = new AbortController();
  let isShown = false;
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    question.abort();
  });
  const now = async () => {
    question.abort();
    question = new AbortController();
    const mine = question.signal;
    try {
      const { model, prefer, text, key } = asked();
      if (session.role === 'admin' && !key) {
        replace(node, el('p', { class: 'notice' }, 'Write a caller’s key into its field: the plan is the one that this key would get, by its tier and its routes. The admin key calls no model, so there is no plan for it.'));
        return;
      }

      const headers = { ...(key && { authorization: `Bearer ${key}` }), ...(prefer && { 'x-router-prefer': prefer }) };
      const explanation = await send('POST', 'v1/route', { model, messages: [{ role: 'user', content: text }] }, { signal: mine, headers });
      if (!mine.aborted) {
        replace(node, drawPlan(explanation));
      }
    } catch (error) {
      if (error.name !== 'AbortError') {
        replace(node, problem(error));
      }
    }
  };
  return {
    soon: () => {
      clearTimeout(timer);
      timer = setTimeout(now, pause);
    },
    /** A refresh of the page changes nothing here. */
    first: async () => {
      if (!isShown) {
        isShown = true;
        await now();
      }
    },
  };
}

function drawPlan({ profile, candidates = [], exclusions = [], objective, rule, quality_floor: floor, route, tier, next }) {
  return [
    facts([
      ['Taken for', [format.words(profile?.task ?? profile?.likeliest_task), profile && el('span', { class: 'soft' }, `, ${format.share(profile.confidence)} sure`)]],
      ['Difficulty', format.decimal(profile?.difficulty)],
      ['Language', profile?.language ?? format.unknown],
      ['Prompt tokens', format.count(profile?.prompt_tokens)],
      ['Route', route ?? format.unknown],
      ['Tier', tier],
      ['Prefers', format.words(objective)],
      ['Quality from', format.decimal(floor)],
      ['Rule', rule ?? 'none'],
    ]),
    candidates.length === 0 ? el('p', { class: 'notice' }, 'No model is left that may answer this.') : table('Models in the order they are asked', [
      { label: 'Model', class: 'name', cells: (one) => [`${candidates.indexOf(one) + 1}. ${one.model}`, one.is_fallback && [' ', badge('fallback')]] },
      { label: 'Quality', class: 'number', cells: (one) => format.decimal(one.quality) },
      { label: 'Cost', class: 'number', cells: (one) => format.money(one.cost_usd) },
      { label: 'Latency', class: 'number', cells: (one) => format.seconds(one.latency_seconds) },
      { label: 'Why', class: 'wide', cells: (one) => one.reason },
    ], candidates),
    exclusions.length > 0 && [el('h3', {}, 'Left out'), table('Left out', [
      { label: 'Model', class: 'name', cells: (one) => one.model },
      { label: 'Why', class: 'wide', cells: (one) => [format.words(one.reason), one.detail && el('div', { class: 'soft' }, one.detail)] },
    ], exclusions)],
    next?.wins_if?.length > 0 && el('details', { id: 'wins-if' }, el('summary', {}, `When ${next.model} would be first`), el('ul', {}, next.wins_if.map(({ text }) => el('li', {}, text)))),
  ];
}

/** Runs it as a caller does: with a key, which is kept in its field alone. */
function runner(asked, key) {
  const answer = el('div', { class: 'region', 'aria-live': 'polite' });
  const button = el('button', { class: 'primary' }, 'Run');
  const form = el('form', { onsubmit: async (event) => {
    event.preventDefault();
    button.disabled = true;
    replace(answer, el('p', { class: 'soft' }, 'Asking…'));
    try {
      replace(answer, drawAnswer(await run(asked()), asked()));
    } catch (error) {
      replace(answer, problem(error));
    } finally {
      button.disabled = false;
    }
  } }, field('playground-key', 'Caller’s key', key, 'The run is this key’s request: it counts and costs. The admin key calls no model.'), el('div', { class: 'actions' }, button));
  return [form, answer];
}

async function run({ model, prefer, text, key }) {
  const response = await fetch(`${base}v1/chat/completions`, {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }), ...(prefer && { 'x-router-prefer': prefer }) },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: text }] }),
  }).catch(() => {
    throw new ApiError(0, 'The router cannot be reached.');
  });
  const requestId = response.headers.get('x-request-id');
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new ApiError(response.status, body.error?.message ?? `The router answered with the status ${response.status}.`, body.error?.code, requestId);
  }

  return { body, requestId };
}

function drawAnswer({ body, requestId }, { model, text }) {
  const { usage = {} } = body;
  return [
    el('h3', {}, `Answer of ${body.model}`),
    el('pre', { class: 'document answer', tabindex: '0', 'aria-label': 'Answer' }, body.choices?.[0]?.message?.content ?? ''),
    facts([
      ['Cost', format.money(usage.cost)],
      ['Tokens', `${format.count(usage.prompt_tokens)} → ${format.count(usage.completion_tokens)}`],
      ['Request', requestId && el('a', { href: linkTo('requests', { id: requestId }) }, requestId)],
    ]),
    el('details', {}, el('summary', {}, 'As a command'), commandLine(curl('v1/chat/completions', { key: 'YOUR_KEY', body: { model, messages: [{ role: 'user', content: text }] } }))),
  ];
}
