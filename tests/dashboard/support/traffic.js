// A router with traffic: keys, answered and failed requests, a spent budget, a deployment that is left alone.
import { setTimeout as delay } from 'node:timers/promises';
import { Router } from '../../clients/support/router.js';
import { configuration, hostileKey, hostileModel } from './configuration.js';

export const adminKey = 'the-admin-key-of-the-browser-tests';
export const secretPrompt = 'A prompt that no page shows: heliotrope.';

const settleMilliseconds = 20000;
const prompts = [secretPrompt, 'Hello there', 'Translate to German: good morning', 'Write a function in C# that reverses a linked list', 'What is the capital of France?'];

/** Starts it, and waits until its books tell of everything. */
export async function startBusyRouter(requests = 70) {
  const router = await Router.start(null, { args: ['--data', 'data', '--admin-key', 'env:ROUTER_ADMIN_KEY'], environment: { ROUTER_ADMIN_KEY: adminKey } });
  try {
    const versions = [await put(router, { ...configuration, records: { keepDays: 7 } }), await put(router, configuration)];
    const keys = {
      search: await issue(router, { name: 'search', tier: 'pro', tags: { team: 'search' }, budget: { usd: 50, per: 'month' } }),
      spent: await issue(router, { name: 'spent', tier: 'pro', budget: { usd: 0.0001, per: 'day' } }),
      hostile: await issue(router, { name: hostileKey, tier: 'free', tags: { team: '<b>bold</b>' } }),
    };
    const asked = await send(router, keys, requests);
    await settle(router, asked);
    return { router, keys, versions, requests: asked };
  } catch (error) {
    await router.stop();
    throw error;
  }
}

/** Asks the API as the admin. */
export async function asAdmin(router, path, { method = 'GET', body } = {}) {
  const response = await fetch(`${router.origin}/${path}`, { method, headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  }

  return answer;
}

async function put(router, document) {
  return (await asAdmin(router, 'v1/admin/configuration', { method: 'PUT', body: document })).version;
}

async function issue(router, order) {
  return (await asAdmin(router, 'v1/admin/keys', { method: 'POST', body: order })).key;
}

async function send(router, { search, spent, hostile }, count) {
  const ask = (key, model, at, more = {}) => fetch(`${router.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: prompts[at % prompts.length] }], max_tokens: 60, ...more }),
  }).then((response) => response.text());
  const orders = [
    ...Array.from({ length: count - 14 }, (_, at) => () => ask(search, 'auto', at, { stream: at % 3 === 0 })),
    ...Array.from({ length: 4 }, (_, at) => () => ask(spent, 'steady', at)),
    ...Array.from({ length: 6 }, (_, at) => () => ask(search, 'shaky', at)),
    () => ask(hostile, 'auto', 1),
    () => ask(search, hostileModel, 1),
    () => ask(search, 'repeated', 1),
    () => ask(search, 'repeated', 1),
  ];
  for (const order of orders) {
    await order();
  }

  return orders.length;
}

/** Books and records are written behind the requests. */
async function settle(router, count) {
  const deadline = Date.now() + settleMilliseconds;
  while (Date.now() < deadline) {
    const { data } = await asAdmin(router, 'v1/usage?group_by=hour');
    const { data: records } = await asAdmin(router, 'v1/requests?limit=100');
    if (data.reduce((sum, { requests }) => sum + requests, 0) >= count && records.length >= Math.min(100, count)) {
      return;
    }

    await delay(200);
  }

  throw new Error(`The books did not tell of ${count} requests in ${settleMilliseconds} ms.`);
}
