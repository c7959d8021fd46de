// The form that issues a key.
import { cancelOr, openDialog, submitting } from './dialogs.js';
import { el } from './dom.js';
import { field, select } from './parts.js';

const periods = ['hour', 'day', 'week', 'month'];

/**
 * @param {{ name: string, routes?: string[] }[]} tiers Those that the key may have.
 * @param {(order: object) => Promise<() => void>} issue Issues it, and returns what is to be shown when the form is gone.
 */
export function createKey(tiers, issue) {
  openDialog('Create a key', (close) => {
    const inputs = {
      name: el('input', { required: true, maxlength: '100', pattern: '[!#-~]+', autocomplete: 'off', spellcheck: 'false', title: 'Visible ASCII characters without spaces and quotes.' }),
      tier: select([{ value: '', label: 'default' }, ...tiers.map(({ name }) => name).filter((name) => name !== 'default')], '', () => {}),
      routes: el('input', { autocomplete: 'off', spellcheck: 'false' }),
      requestsPerMinute: whole(),
      tokensPerMinute: whole(),
      concurrentRequests: whole(),
      usd: el('input', { type: 'number', min: '0.000001', step: 'any', inputmode: 'decimal' }),
      per: select(periods, 'month', () => {}),
      expires: el('input', { type: 'date' }),
      tags: el('input', { autocomplete: 'off', spellcheck: 'false' }),
    };
    const said = el('div', {});
    const form = el('form', { method: 'dialog', onsubmit: async (event) => {
      event.preventDefault();
      await submitting(form, said, async () => {
        const show = await issue(orderOf(inputs));
        close();
        show();
      });
    } },
    field('key-name', 'Name', inputs.name, 'What usage, limits and messages call it. It cannot be changed later.'),
    el('div', { class: 'field-row' }, field('key-tier', 'Tier', inputs.tier), field('key-expires', 'Accepted until', inputs.expires, 'Empty: until it is taken away.')),
    field('key-routes', 'Routes and models', inputs.routes, 'Names with commas between them. Empty: what its tier allows.'),
    el('div', { class: 'field-row' }, field('key-usd', 'Budget, USD', inputs.usd, 'Empty: none of its own.'), field('key-per', 'for each', inputs.per)),
    el('div', { class: 'field-row' }, field('key-requests', 'Requests a minute', inputs.requestsPerMinute), field('key-tokens', 'Tokens a minute', inputs.tokensPerMinute), field('key-concurrent', 'At once', inputs.concurrentRequests)),
    field('key-tags', 'Tags', inputs.tags, 'Such as team=search, stage=live.'),
    said,
    cancelOr(close, 'Create'));
    return form;
  });
}

function orderOf({ name, tier, routes, requestsPerMinute, tokensPerMinute, concurrentRequests, usd, per, expires, tags }) {
  const order = {
    name: name.value.trim(),
    tier: tier.value || undefined,
    routes: listOf(routes.value),
    requestsPerMinute: numberOf(requestsPerMinute),
    tokensPerMinute: numberOf(tokensPerMinute),
    concurrentRequests: numberOf(concurrentRequests),
    budget: usd.value ? { usd: Number(usd.value), per: per.value } : undefined,
    expires: expires.value || undefined,
    tags: tagsOf(tags.value),
  };
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined));
}

function whole() {
  return el('input', { type: 'number', min: '1', step: '1', inputmode: 'numeric' });
}

function numberOf({ value }) {
  return value ? Number(value) : undefined;
}

function listOf(text) {
  const names = text.split(',').map((name) => name.trim()).filter(Boolean);
  return names.length > 0 ? names : undefined;
}

function tagsOf(text) {
  const pairs = listOf(text)?.map((pair) => pair.split('=', 2).map((part) => part.trim()));
  return pairs && Object.fromEntries(pairs.map(([name, value]) => [name, value ?? '']));
}
