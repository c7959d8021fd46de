// The filters above a list: what is written there stands in the address.
import { get } from './api.js';
import { el } from './dom.js';
import { readNames } from './names.js';
import { go, linkHere } from './place.js';

/**
 * @typedef {object} Filter
 * @property {string} name Of the parameter, in the address and in the API.
 * @property {string} label
 * @property {string[]} [choices] What may be written, where it is one of few.
 * @property {'text' | 'number'} [type]
 * @property {'models' | 'routes' | 'keys' | 'tiers'} [names] Where names to choose from come from.
 */

/** @param {Filter[]} filters @param {Record<string, string>} params @param {object} suggested From `suggestions`. */
export function filterBar(filters, params, suggested) {
  const used = filters.filter(({ name }) => params[name] !== undefined);
  const change = (name, value) => go(linkHere({ [name]: value || null, after: null }));
  return el('details', { class: 'filters', id: 'filters', open: used.length > 0 },
    el('summary', {}, used.length === 0 ? 'Filters' : `Filters: ${used.map(({ name, label }) => `${label.toLowerCase()} ${params[name]}`).join(', ')}`),
    el('div', { class: 'filter-fields' },
      filters.map((filter) => el('div', { class: 'field' }, el('label', { for: `filter-${filter.name}` }, filter.label), input(filter, params[filter.name], suggested, change))),
      used.length > 0 && el('a', { class: 'button', href: linkHere(Object.fromEntries([...used.map(({ name }) => [name, null]), ['after', null]])) }, 'Clear')));
}

/** The filters that an address has. */
export function filtersOf(filters, params) {
  return Object.fromEntries(filters.filter(({ name }) => params[name]).map(({ name }) => [name, params[name]]));
}

/** Names to choose from. What cannot be read is not suggested. */
export async function suggestions(session, signal) {
  const namesOf = (path, query) => get(path, query, signal).then(({ data }) => data.map(({ name }) => name), () => []);
  const isAdmin = session.role === 'admin';
  const [names, keys, tiers] = await Promise.all([readNames(signal), isAdmin ? namesOf('v1/admin/keys', { limit: 200 }) : [], isAdmin ? namesOf('v1/admin/tiers') : []]);
  return { ...names, keys, tiers };
}

function input({ name, choices, type = 'text', names }, value, suggested, change) {
  const id = `filter-${name}`;
  if (choices) {
    return el('select', { id, onchange: (event) => change(name, event.target.value) }, ['', ...choices].map((choice) => el('option', { value: choice, selected: choice === (value ?? '') }, choice || 'all')));
  }

  const listed = suggested[names] ?? [];
  return [
    el('input', { id, type, value: value ?? '', ...(type === 'number' && { min: '0', step: 'any', inputmode: 'decimal' }), placeholder: 'all', autocomplete: 'off', list: listed.length > 0 ? `${id}-names` : null, onchange: (event) => change(name, event.target.value.trim()) }),
    listed.length > 0 && el('datalist', { id: `${id}-names` }, listed.map((one) => el('option', { value: one }))),
  ];
}
