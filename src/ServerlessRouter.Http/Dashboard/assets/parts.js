// The parts that pages are made of.
import { address, ApiError, base } from './api.js';
import { el, replace } from './dom.js';
import { count } from './format.js';
import { linkHere } from './place.js';

/** A part of a page with its heading. */
export function section(title, ...children) {
  const id = `section-${title.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  return el('section', { class: 'panel', 'aria-labelledby': id }, el('h2', { id }, title), ...children);
}

/**
 * A table that scrolls in itself where the screen is narrow.
 * @param {{ label: string, class?: string, cells: (row: any) => any }[]} columns
 */
export function table(caption, columns, rows, { rowAttributes = () => ({}) } = {}) {
  return el('div', { class: 'table-frame', role: 'group', 'aria-label': caption, tabindex: '0' },
    el('table', {},
      el('caption', { class: 'unseen' }, caption),
      el('thead', {}, el('tr', {}, columns.map((column) => el('th', { scope: 'col', class: column.class }, column.label)))),
      el('tbody', {}, rows.map((row) => el('tr', rowAttributes(row),
        columns.map((column, at) => (at === 0 ? el('th', { scope: 'row', class: column.class }, column.cells(row)) : el('td', { class: column.class }, column.cells(row)))))))));
}

/** What explains, beside. */
export function soft(...children) {
  return el('span', { class: 'soft' }, ...children);
}

/** What explains, below. */
export function below(...children) {
  return el('div', { class: 'soft' }, ...children);
}

/** A column of figures. */
export function numbers(label, cells) {
  return { label, class: 'number', cells };
}

/** The links of a list in pages: back to the newest, and on. */
export function paging(of, isFurther, next, on = 'Older') {
  return el('nav', { class: 'paging', 'aria-label': `Pages of ${of}` },
    isFurther && el('a', { class: 'button', id: 'newest', href: linkHere({ after: null }) }, 'Newest'),
    next && el('a', { class: 'button', id: 'older', href: linkHere({ after: next }) }, on));
}

/** Gets what is shown as a table for other programs. */
export function csvLink(path, query, file) {
  return el('a', { class: 'button', href: base + address(path, { ...query, format: 'csv' }), download: file }, 'Export CSV');
}

/** Names and what they are. */
export function facts(entries) {
  return el('dl', { class: 'facts' }, entries.filter(([, value]) => value !== null && value !== undefined).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

/** A word in a colour; the word says what the colour does. */
export function badge(text, kind = 'plain') {
  return el('span', { class: `badge ${kind}` }, text);
}

/** A mark in a colour of style.css: what a name in a legend stands for. */
export function swatch(colour) {
  return el('span', { class: 'swatch', style: { color: `var(--${colour})` }, 'aria-hidden': 'true' });
}

/** The status of an answer as a badge. */
export function statusBadge(status) {
  return badge(String(status), status < 400 ? 'good' : status === 499 ? 'plain' : status < 500 ? 'warn' : 'bad');
}

/** How full something is; the text beside it says the figures. */
export function meter(label, used, whole, { pending = 0, mark = null } = {}) {
  const part = (value) => `${Math.min(100, Math.max(0, (value / whole) * 100))}%`;
  const state = used >= whole ? 'bad' : used >= whole * 0.8 ? 'warn' : 'good';
  return el('div', { class: 'meter', role: 'img', 'aria-label': label },
    el('span', { class: `meter-used ${state}`, style: { width: part(used) } }),
    pending > 0 && el('span', { class: 'meter-pending', style: { width: part(pending) } }),
    mark !== null && el('span', { class: 'meter-mark', style: { left: part(mark) } }));
}

/** What stands where nothing is yet: what would be here, and the command that makes it so. */
export function empty(text, command = null) {
  return el('div', { class: 'empty' }, el('p', {}, text), command && commandLine(command));
}

/** A command to copy. */
export function commandLine(command) {
  return el('div', { class: 'command' }, el('pre', { tabindex: '0', 'aria-label': 'Command' }, command), copyButton(() => command));
}

/** The command that calls the API. */
export function curl(path, { method, body, key = '$ROUTER_ADMIN_KEY' } = {}) {
  return [`curl '${base}${path}'`, method && `-X ${method}`, `-H "Authorization: Bearer ${key}"`, body && `-H 'Content-Type: application/json' -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`]
    .filter(Boolean).join(' \\\n  ');
}

/** The command of a first request. */
export function firstRequest() {
  return curl('v1/chat/completions', { key: 'YOUR_KEY', body: { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] } });
}

/** Copies a text, and says so. */
export function copyButton(textOf, label = 'Copy') {
  const button = el('button', { type: 'button', class: 'small', onclick: async () => {
    let said = 'Copied';
    try {
      await navigator.clipboard.writeText(textOf());
    } catch {
      said = 'Select it and copy it by hand';
    }

    button.textContent = said;
    setTimeout(() => { button.textContent = label; }, 2000);
  } }, label);
  return button;
}

/** What went wrong, in words, and what to do about it. */
export function problem(error, retry = null) {
  const isKnown = error instanceof ApiError;
  return el('div', { class: 'problem', role: 'alert' },
    el('p', { class: 'problem-text' }, isKnown ? error.message : `The page failed: ${error.message}. Load it again; if it stays, tell the owner of the router.`),
    isKnown && advice(error) && el('p', {}, advice(error)),
    error.status >= 500 && error.requestId && el('p', { class: 'soft' }, 'The router’s log knows this as ', el('code', {}, error.requestId), '.'),
    retry && el('button', { type: 'button', onclick: retry }, 'Try again'));
}

/** A form's field with its label and a hint. */
export function field(id, label, input, hint = null) {
  input.id = id;
  if (hint) {
    input.setAttribute('aria-describedby', `${id}-hint`);
  }

  return el('div', { class: 'field' }, el('label', { for: id }, label), input, hint && el('p', { class: 'hint', id: `${id}-hint` }, hint));
}

/** A choice of one, or of one in groups. @param {(string | { value: string, label: string } | { label: string, choices: object[] })[]} choices A text is its own label. */
export function select(choices, chosen, onchange, attributes = {}) {
  const option = (one) => {
    const { value = one, label = one, choices: inner } = one;
    return inner ? el('optgroup', { label }, inner.map(option)) : el('option', { value, selected: value === chosen }, label);
  };
  return el('select', { ...attributes, onchange: (event) => onchange(event.target.value) }, choices.map(option));
}

/** A region that is filled when its answer is there, and keeps what it shows while the next one comes. */
export function region(load, attributes = {}) {
  const node = el('div', { class: 'region', ...attributes }, el('p', { class: 'soft', role: 'status' }, 'Reading…'));
  let turn = 0;
  const update = async () => {
    const mine = (turn += 1);
    node.setAttribute('aria-busy', 'true');
    try {
      const content = await load();
      if (mine === turn) {
        replace(node, content);
      }
    } catch (error) {
      if (mine === turn && error.name !== 'AbortError') {
        replace(node, problem(error, update));
      }
    } finally {
      node.removeAttribute('aria-busy');
    }
  };
  return { node, update };
}

/** Tokens of a prompt and of an answer. */
export function tokenPair(prompt, completion) {
  return [count(prompt), el('span', { class: 'soft', 'aria-label': 'in,' }, ' → '), count(completion)];
}

function advice(error) {
  if (error.status === 0) {
    return 'What is shown may be old. The page tries again by itself.';
  }

  if (error.status === 403) {
    return 'Log out, and log in with a key that may do this.';
  }

  return error.status === 503 || error.status === 429 ? 'The router is busy with other such questions. Wait a few seconds.' : null;
}
