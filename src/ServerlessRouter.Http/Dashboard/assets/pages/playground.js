// Shows the plan for a prompt while it is written, and then runs it with a caller's key.
import { address, ApiError, base, get, send } from '../api.js';
import { el, replace } from '../dom.js';
import * as format from '../format.js';
import { readNames } from '../names.js';
import { commandLine, curl, facts, field, problem, section, select } from '../parts.js';
import { go, linkHere, linkTo } from '../place.js';
import { drawPlan } from '../plan.js';

const pause = 300;
const preferences = [{ value: '', label: 'as the route says' }, 'cost', 'latency', 'quality', 'balanced'];
const sample = 'Prove that there are infinitely many primes.';

/** @type {import('./all.js').Opening} */
export function open({ place, session, signal }) {
  const model = place.params.model ?? 'auto';
  const prefer = place.params.prefer ?? '';
  const prompt = el('textarea', { rows: '7', placeholder: sample, spellcheck: 'true' });
  const plan = el('div', { class: 'region', 'aria-live': 'polite' });
  const models = el('div', {}, modelField(model, { routes: [], models: [] }));
  const asked = () => ({ model, prefer, caller: place.params.caller, text: prompt.value || sample });
  const callers = el('div', {});
  if (session.role === 'admin') {
    get('v1/admin/keys', { limit: 500 }, signal).then(({ data }) => replace(callers, callerField(place.params.caller ?? '', data)), () => {});
  }

  readNames(signal).then((names) => replace(models, modelField(model, names)));
  const explain = explainer(plan, asked, signal);
  prompt.addEventListener('input', explain.soon);
  return {
    body: el('div', { class: 'columns wide-left' },
      section('Prompt', el('div', { class: 'field-row' }, models, callers, field('playground-prefer', 'Prefer', select(preferences, prefer, (value) => go(linkHere({ prefer: value || null }))))),
        field('playground-prompt', 'What is asked', prompt, 'It stays on this page, goes to this router alone, and is kept nowhere. While it is empty, the plan is that of the sample.'),
        runner(asked)),
      section('Plan', plan)),
    update: explain.first,
  };
}

function modelField(chosen, { routes, models }) {
  const choices = [{ label: 'Routes', choices: routes }, { label: 'Models', choices: models }];
  const isListed = routes.includes(chosen) || models.includes(chosen);
  return field('playground-model', 'Route or model', select(isListed ? choices : [chosen, ...choices], chosen, (value) => go(linkHere({ model: value }))));
}

/** For whom an admin looks: a decision depends on the caller's tier and routes. */
function callerField(chosen, keys) {
  const choices = [{ value: '', label: 'without a key' }, ...keys.map(({ name }) => name)];
  return field('playground-caller', 'Caller', select(choices, chosen, (value) => go(linkHere({ caller: value || null }))));
}

/** Asks for the plan when the writing rests; a newer question ends the one before. */
function explainer(node, asked, signal) {
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
      const { model, prefer, caller, text } = asked();
      const body = { model, messages: [{ role: 'user', content: text }] };
      const explanation = await send('POST', address('v1/route', { key: caller }), body, { signal: mine, headers: prefer ? { 'x-router-prefer': prefer } : {} });
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

/** Runs it as a caller does: with a key, which is kept in its field alone. */
function runner(asked) {
  const key = el('input', { type: 'password', autocomplete: 'off', spellcheck: 'false' });
  const answer = el('div', { class: 'region', 'aria-live': 'polite' });
  const button = el('button', { class: 'primary' }, 'Run');
  const form = el('form', { onsubmit: async (event) => {
    event.preventDefault();
    button.disabled = true;
    replace(answer, el('p', { class: 'soft' }, 'Asking…'));
    try {
      replace(answer, drawAnswer(await run(asked(), key.value.trim()), asked()));
    } catch (error) {
      replace(answer, problem(error));
    } finally {
      button.disabled = false;
    }
  } }, field('playground-key', 'Caller’s key', key, 'The run is this key’s request: it counts and costs. The admin key calls no model.'), el('div', { class: 'actions' }, button));
  return [form, answer];
}

async function run({ model, prefer, text }, key) {
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
