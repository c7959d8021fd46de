// Real clients get kept answers, plain and streamed, through each API, and take them for what the vendor sent.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { test } from './support/bounded.js';
import { configurationFor } from './support/configuration.js';
import { story } from './support/replies.js';
import { Router } from './support/router.js';
import { Upstream } from './support/upstream.js';

let upstream;
let router;
before(async () => {
  upstream = await Upstream.start();
  const configuration = configurationFor(upstream.url);
  configuration.routes.auto.cache = { ttlSeconds: 600 };
  router = await Router.start(configuration);
});
after(async () => {
  await router?.stop();
  await upstream?.stop();
});

const ways = [[false, false], [false, true], [true, false], [true, true]];
const functions = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }];
const openai = () => new OpenAI({ apiKey: 'any', baseURL: router.baseURL, maxRetries: 0 });
const anthropic = () => new Anthropic({ apiKey: 'any', baseURL: router.origin, maxRetries: 0 });

async function chat(request, stream) {
  if (!stream) {
    return openai().chat.completions.create(request);
  }

  const running = openai().chat.completions.stream({ ...request, stream_options: { include_usage: true } });
  return running.finalChatCompletion();
}

async function message(request, stream) {
  return stream ? anthropic().messages.stream(request).finalMessage() : anthropic().messages.create(request);
}

async function response(request, stream) {
  return stream ? openai().responses.stream(request).finalResponse() : openai().responses.create(request);
}

for (const [place, [first, second]] of ways.entries()) {
  const name = `${first ? 'streamed' : 'plain'}, then ${second ? 'streamed' : 'plain'}`;

  test(`chat completions: ${name}`, async () => {
    const request = { model: 'auto', messages: [{ role: 'user', content: `Tell story ${place}.` }] };
    const asked = await chat(request, first);
    const calls = upstream.requests.length;
    const again = await chat(request, second);

    assert.equal(upstream.requests.length, calls);
    assert.equal(again.choices[0].message.content, story);
    assert.equal(again.choices[0].finish_reason, 'stop');
    assert.notEqual(again.id, asked.id);
    assert.deepEqual([again.usage.prompt_tokens, again.usage.completion_tokens, again.usage.cost], [asked.usage.prompt_tokens, asked.usage.completion_tokens, 0]);
    assert.equal(again.usage.completion_tokens_details.reasoning_tokens, 1);
    assert.equal(again.usage.cost_details.saved, asked.usage.cost);
  });

  test(`tool calls: ${name}`, async () => {
    const request = { model: 'auto', messages: [{ role: 'user', content: `How is the weather in Paris and in Rome? ${place}` }], tools: functions };
    const asked = await chat(request, first);
    const calls = upstream.requests.length;
    const again = await chat(request, second);

    assert.equal(upstream.requests.length, calls);
    assert.equal(again.choices[0].finish_reason, 'tool_calls');
    const said = ({ choices: [choice] }) => choice.message.tool_calls.map(({ id, function: { name: called, arguments: text } }) => [id, called, text]);
    assert.deepEqual(said(again), said(asked));
    assert.deepEqual(said(again), [['call_1', 'weather', '{"city":"Paris"}'], ['call_2', 'weather', '{"city":"Rome"}']]);
  });

  test(`messages: ${name}`, async () => {
    const request = { model: 'auto', max_tokens: 500, messages: [{ role: 'user', content: `Tell story ${place}.` }] };
    const asked = await message(request, first);
    const calls = upstream.requests.length;
    const again = await message(request, second);

    assert.equal(upstream.requests.length, calls);
    assert.deepEqual(again.content.map(({ type, text }) => [type, text]), [['text', story]]);
    assert.equal(again.stop_reason, 'end_turn');
    assert.notEqual(again.id, asked.id);
    assert.deepEqual([again.usage.input_tokens, again.usage.output_tokens], [asked.usage.input_tokens, asked.usage.output_tokens]);
  });

  test(`responses: ${name}`, async () => {
    const request = { model: 'auto', input: `Tell story ${place}.`, store: false };
    const asked = await response({ ...request, metadata: { of: 'one' } }, first);
    const calls = upstream.requests.length;
    const again = await response({ ...request, metadata: { of: 'two' } }, second);

    assert.equal(upstream.requests.length, calls);
    assert.equal(again.output_text, story);
    assert.deepEqual([again.status, again.metadata], ['completed', { of: 'two' }]);
    assert.notEqual(again.id, asked.id);
    assert.deepEqual([again.usage.input_tokens, again.usage.output_tokens], [asked.usage.input_tokens, asked.usage.output_tokens]);
  });
}

test('pieces of a stream come again as they came', async () => {
  const pieces = async () => {
    const said = [];
    for await (const chunk of await openai().chat.completions.create({ model: 'auto', messages: [{ role: 'user', content: 'In pieces.' }], stream: true })) {
      said.push(chunk.choices[0]?.delta.content);
    }

    return said;
  };

  const asked = await pieces();
  assert.ok(asked.length > 3);
  assert.deepEqual(await pieces(), asked);
});
