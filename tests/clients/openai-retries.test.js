// OpenAI's own client: its retries must not multiply the router's.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { test } from './support/bounded.js';
import { useScene } from './support/scene.js';

const scene = useScene();
const messages = [{ role: 'user', content: 'Tell me about a fox.' }];

/** Asks once; the failure, and what was sent to the router with the client's own retries. */
async function ask(model, options) {
  let sent = 0;
  const client = new OpenAI({
    ...options,
    apiKey: 'any',
    baseURL: scene.router.baseURL,
    fetch: (url, init) => {
      sent += 1;
      return fetch(url, init);
    },
  });
  const error = await client.chat.completions.create({ model, messages }).then(
    () => assert.fail('The call succeeded.'),
    (failure) => failure,
  );
  return { error, sent };
}

test('after the attempts at a busy vendor are spent, the client does not start over', async () => {
  const { error, sent } = await ask('only-busy');

  assert.equal(error.status, 429);
  assert.equal(scene.upstream.askedOf('busy').length, 2);
  assert.equal(sent, 1);
});

test('a vendor that said twice when to come back is not called before that', async () => {
  const { error } = await ask('only-busy-again', { maxRetries: 0 });

  assert.equal(scene.upstream.askedOf('busy-again').length, 2);
  const milliseconds = Number(error.headers.get('retry-after-ms'));
  assert.ok(milliseconds > 500 && milliseconds <= 1000, `retry-after-ms: ${milliseconds}`);
});

test('while a vendor keeps failing, no client is invited to try again', async () => {
  const failures = [];
  for (let count = 0; count < 6; count += 1) {
    failures.push((await ask('only-broken', { maxRetries: 0 })).error);
  }

  assert.deepEqual(failures.map((error) => [error.status, error.headers.get('x-should-retry')]), Array(6).fill([502, 'false']));
});

test("while a vendor refuses the router's key, no client is invited to try again", async () => {
  const failures = [(await ask('only-keyless', { maxRetries: 0 })).error, (await ask('only-keyless', { maxRetries: 0 })).error];

  assert.deepEqual(failures.map((error) => [error.status, error.headers.get('x-should-retry')]), Array(2).fill([502, 'false']));
});

test('once a budget is spent, the client does not try again', async () => {
  const client = new OpenAI({ apiKey: 'any', baseURL: scene.router.baseURL });
  await client.chat.completions.create({ model: 'only-budgeted', messages });

  const { error, sent } = await ask('only-budgeted');

  assert.equal(error.status, 429);
  assert.equal(error.code, 'insufficient_quota');
  assert.equal(error.error.metadata.limit, 'tiny.budget.month');
  assert.equal(sent, 1);
});
