// The parts of the page of routes: tables of a configuration, differences, and the editor.
import { send } from './api.js';
import { submitting } from './dialogs.js';
import { el } from './dom.js';
import * as format from './format.js';
import { badge, field, numbers, soft, table } from './parts.js';
import { go, linkHere } from './place.js';

/** The routes and models of a configuration. */
export function routeTables({ routes = {}, models = {} }) {
  return [
    Object.keys(routes).length > 0 && [el('h3', {}, 'Routes'), table('Routes', [
      { label: 'Route', class: 'name', cells: ([name]) => el('code', {}, name) },
      { label: 'Models', class: 'wide', cells: ([, route]) => namesOf(route.candidates) },
      { label: 'Falls back to', class: 'name', cells: ([, route]) => namesOf(route.fallbacks) },
      { label: 'Prefers', cells: ([, route]) => [format.words(route.objective?.prefer), route.objective?.minimumQuality !== undefined && soft(` from quality ${route.objective.minimumQuality}`)] },
      numbers('Rules', ([, route]) => format.count(route.rules?.length ?? 0)),
      { label: 'Try', cells: ([name]) => el('a', { class: 'button small', href: `#/playground?${new URLSearchParams({ model: name })}`, 'aria-label': `Try ${name}` }, 'Try') },
    ], Object.entries(routes))],
    Object.keys(models).length > 0 && [el('h3', {}, 'Models'), table('Models', [
      { label: 'Model', class: 'name', cells: ([name]) => el('code', {}, name) },
      { label: 'Deployments', class: 'wide', cells: ([, model]) => (model.deployments ?? []).map(({ provider, name }) => (name ? `${provider}/${name}` : provider)).join(', ') || 'of the catalogue' },
      numbers('Input, a million', ([, { price }]) => (price?.free ? 'free' : format.money(price?.inputPerMillion))),
      numbers('Output, a million', ([, { price }]) => (price?.free ? 'free' : format.money(price?.outputPerMillion))),
      numbers('Window', ([, model]) => format.count(model.contextWindow)),
      numbers('Quality', ([, model]) => format.decimal(model.quality?.default)),
    ], Object.entries(models))],
  ];
}

/** Where two configurations differ. */
export function differences(found, from, to) {
  return table('Differences', [
    { label: 'Place', class: 'name', cells: ({ path }) => el('code', {}, path) },
    { label: `In ${from}`, class: 'wide', cells: ({ before: value }) => valueOf(value, 'removed') },
    { label: `In ${to}`, class: 'wide', cells: ({ after: value }) => valueOf(value, 'added') },
  ], found);
}

/** The text of the active configuration, to be changed. It is checked as a whole before it becomes active. */
export function editor(text, version, update) {
  const input = el('textarea', { rows: '24', spellcheck: 'false', class: 'code', value: text, required: true });
  const reason = el('input', { autocomplete: 'off', maxlength: '200' });
  const said = el('div', {});
  const form = el('form', { onsubmit: async (event) => {
    event.preventDefault();
    await submitting(form, said, async () => {
      const { version: made, warnings } = await send('PUT', 'v1/admin/configuration', undefined, {
        text: input.value, headers: { 'if-match': `"${version}"`, ...(reason.value.trim() && { 'x-router-reason': reason.value.trim() }) },
      });
      if (warnings.length === 0) {
        go(linkHere({ edit: null, version: null }));
        return;
      }

      said.replaceChildren(el('div', { class: 'notice', role: 'status' }, `Version ${made} is active. It is allowed, and perhaps not meant:`, el('ul', {}, warnings.map((warning) => el('li', {}, warning)))));
      await update();
    });
  } },
  field('configuration-text', `The text of version ${version}`, input, 'Comments are kept. Secrets are references (env:NAME, keyvault:NAME), never values. With an error in it nothing changes, and every error is named.'),
  field('configuration-reason', 'Why (for the audit log)', reason),
  said,
  el('div', { class: 'actions' }, el('a', { class: 'button', href: linkHere({ edit: null }) }, 'Cancel'), el('button', { class: 'primary' }, 'Check and activate')));
  return form;
}

function namesOf(names) {
  return names?.length > 0 ? names.map((name) => (typeof name === 'string' ? name : name.model ?? JSON.stringify(name))).join(', ') : format.unknown;
}

function valueOf(value, kind) {
  return value === null || value === undefined ? soft('absent') : [el('code', { class: kind }, JSON.stringify(value)), typeof value === 'object' && badge(Array.isArray(value) ? 'list' : 'object')];
}
