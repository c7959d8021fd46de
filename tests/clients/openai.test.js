// OpenAI's own client: answers, streams, models, headers.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { test } from './support/bounded.js';
import { prices } from './support/configuration.js';
import { story } from './support/replies.js';
import { useScene } from './support/scene.js';
import { within } from './support/waiting.js';

const scene = useScene();
const messages = [{ role: 'user', content: 'Tell me about a fox.' }];

function connect(options) {
  return new OpenAI({ apiKey: 'any', baseURL: scene.router.baseURL, ...options });
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }

  return chunks;
}

function textOf(chunks) {
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
}

function costUsd(usage, price) {
  const cached = usage.prompt_tokens_details.cached_tokens;
  const input = (usage.prompt_tokens - cached) * price.inputPerMillion + cached * price.cachedInputPerMillion;
  return (input + usage.completion_tokens * price.outputPerMillion) / 1e6;
}

test('a plain answer arrives with its finish reason and its bill', async () => {
  const completion = await connect().chat.completions.create({ model: 'auto', messages });

  assert.equal(completion.object, 'chat.completion');
  assert.equal(completion.choices[0].message.content, story);
  assert.equal(completion.choices[0].finish_reason, 'stop');
  const { cost, cost_details, ...usage } = completion.usage;
  assert.deepEqual(usage, scene.upstream.last.usage);
  assert.equal(cost.toFixed(9), costUsd(usage, prices.cheap).toFixed(9));
});

test('a streamed answer arrives in the pieces the vendor sent', async () => {
  const stream = await connect().chat.completions.create({ model: 'auto', messages, stream: true });

  const chunks = await collect(stream);

  assert.equal(textOf(chunks), story);
  const pieces = chunks.filter((chunk) => chunk.choices[0]?.delta.content);
  assert.equal(pieces.length, story.split(' ').length);
  assert.deepEqual(chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean), ['stop']);
  assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
});

test('a piece reaches the client before the vendor sends the next', async () => {
  const stream = await connect().chat.completions.create({ model: 'stepwise', messages, stream: true });
  const chunks = stream[Symbol.asyncIterator]();
  let text = '';

  while (!text.includes('lazy')) {
    const { value } = await within(chunks.next(), 'the pieces sent so far arrive');
    text += value.choices[0]?.delta.content ?? '';
  }

  assert.notEqual(text, story);
  scene.upstream.release();
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    text += next.value.choices[0]?.delta.content ?? '';
  }

  assert.equal(text, story);
});

test('a stream ends with the bill when the client asks for it', async () => {
  const stream = await connect().chat.completions.create({ model: 'cheap', messages, stream: true, stream_options: { include_usage: true } });

  const chunks = await collect(stream);

  const bills = chunks.filter((chunk) => chunk.usage);
  assert.equal(bills.length, 1);
  assert.equal(bills[0], chunks.at(-1));
  const { cost, cost_details, ...usage } = bills[0].usage;
  assert.deepEqual(usage, scene.upstream.last.usage);
  assert.equal(cost.toFixed(9), costUsd(usage, prices.cheap).toFixed(9));
});

test('a stream has no bill when the client does not ask, although the vendor was asked', async () => {
  const stream = await connect().chat.completions.create({ model: 'cheap', messages, stream: true });

  const chunks = await collect(stream);

  assert.equal(chunks.some((chunk) => chunk.usage || chunk.choices.length === 0), false);
  assert.equal(scene.upstream.last.body.stream_options.include_usage, true);
});

test('the stream helper assembles the message', async () => {
  const stream = connect().chat.completions.stream({ model: 'auto', messages, stream_options: { include_usage: true } });
  const deltas = [];
  stream.on('content', (delta) => deltas.push(delta));

  const completion = await stream.finalChatCompletion();

  assert.equal(completion.choices[0].message.content, story);
  assert.equal(deltas.join(''), story);
  assert.equal(completion.usage.total_tokens, scene.upstream.last.usage.total_tokens);
});

test('the headers say who answered', async () => {
  const { data, response, request_id } = await connect().chat.completions.create({ model: 'auto', messages }).withResponse();

  assert.equal(response.headers.get('x-router-route'), 'auto');
  assert.equal(response.headers.get('x-router-model'), 'cheap');
  assert.match(response.headers.get('x-router-deployment'), /fake/);
  assert.equal(response.headers.get('x-router-attempts'), '1');
  assert.ok(response.headers.get('x-router-config-version'));
  assert.ok(response.headers.get('server-timing'));
  assert.ok(request_id);
  assert.notEqual(request_id, 'req_of_the_vendor');
  assert.equal(data._request_id, request_id);
});

test('the headers of a stream are there before its first piece is read', async () => {
  const { data, response } = await connect().chat.completions.create({ model: 'strong', messages, stream: true }).withResponse();

  assert.match(response.headers.get('content-type'), /^text\/event-stream/);
  assert.equal(response.headers.get('x-router-model'), 'strong');
  assert.equal(response.headers.get('x-router-attempts'), '1');
  assert.ok(response.headers.get('x-request-id'));
  assert.equal(textOf(await collect(data)), story);
});

test('fields nobody knows reach the vendor byte for byte', async () => {
  const body =
    '{ "messages":[{"role":"user","content":"caf\\u00e9 \\ud83e\\udd8a \\/ \u{1F98A}"}],\n\t"model" : "cheap",' +
    ' "x_unknown":{"b":1.0,"a":[1e2,12345678901234567890,{"deep":null}]}, "seed":7.50, "logit_bias":{} }';

  const completion = await connect().chat.completions.create(body, { headers: { 'content-type': 'application/json' } });

  assert.equal(completion.choices[0].message.content, story);
  assert.equal(scene.upstream.last.raw.toString(), body.replace('"cheap"', '"fake-cheap"'));
});

test('unknown fields of a streamed request reach the vendor', async () => {
  const unknown = { x_unknown: { b: [1.5, 'é', null], a: { deep: true } } };

  const stream = await connect().chat.completions.create({ ...unknown, model: 'cheap', messages, stream: true });
  await collect(stream);

  assert.deepEqual(scene.upstream.last.body, { ...unknown, model: 'fake-cheap', messages, stream: true, stream_options: { include_usage: true } });
});

test('the key and the headers of the client stay with the router', async () => {
  await connect({ apiKey: 'sk-of-the-client', organization: 'org-of-the-client' }).chat.completions.create({ model: 'cheap', messages });

  const { headers } = scene.upstream.last;
  assert.equal(JSON.stringify(headers).includes('of-the-client'), false);
  assert.deepEqual(Object.keys(headers).filter((name) => name.startsWith('x-stainless')), []);
});

test('the list of models names routes and models', async () => {
  const models = await connect().models.list();

  const ids = models.data.map((model) => model.id);
  assert.equal(models.object, 'list');
  for (const id of ['auto', 'cheap', 'strong', 'only-broken']) {
    assert.ok(ids.includes(id), `${id} is listed`);
  }

  assert.equal(new Set(ids).size, ids.length);
  assert.ok(models.data.every((model) => model.object === 'model' && Number.isInteger(model.created) && typeof model.owned_by === 'string'));
});

test('iterating over the models comes to an end', async () => {
  const ids = [];
  for await (const model of connect().models.list()) {
    ids.push(model.id);
  }

  assert.ok(ids.includes('auto'));
});

test('a model can be retrieved', async () => {
  const model = await connect().models.retrieve('cheap');

  assert.equal(model.id, 'cheap');
  assert.equal(model.object, 'model');
});

test('the models field names fallbacks', async () => {
  const { data, response } = await connect().chat.completions.create({ model: 'broken', models: ['strong'], messages }).withResponse();

  assert.equal(data.choices[0].message.content, story);
  assert.equal(response.headers.get('x-router-model'), 'strong');
});
