// A newcomer: the router as it starts without a configuration, and OpenAI's own client.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { test } from './support/bounded.js';
import { Router } from './support/router.js';

const messages = [{ role: 'user', content: 'Hello, who are you?' }];
let router;
let client;

before(async () => {
  router = await Router.start();
  client = new OpenAI({ apiKey: 'any', baseURL: router.baseURL });
});
after(() => router?.stop());

test('there is a route and a choice of models', async () => {
  const ids = (await client.models.list()).data.map((model) => model.id);

  assert.ok(ids.includes('auto'));
  assert.ok(ids.length >= 4);
});

test('a question is answered and billed', async () => {
  const { data, response } = await client.chat.completions.create({ model: 'auto', messages }).withResponse();

  assert.ok(data.choices[0].message.content.length > 0);
  assert.equal(data.choices[0].finish_reason, 'stop');
  assert.ok(data.usage.prompt_tokens > 0);
  assert.ok(data.usage.completion_tokens > 0);
  assert.ok(data.usage.cost > 0);
  assert.ok(response.headers.get('x-router-model'));
});

test('a question is answered in pieces', async () => {
  const stream = client.chat.completions.stream({ model: 'auto', messages, stream_options: { include_usage: true } });
  let pieces = 0;
  stream.on('content', () => {
    pieces += 1;
  });

  const completion = await stream.finalChatCompletion();

  assert.ok(pieces > 1);
  assert.equal(completion.choices[0].finish_reason, 'stop');
  assert.ok(completion.usage.completion_tokens > 0);
  assert.ok(completion.usage.cost > 0);
});

test('every listed model answers by its own name', async () => {
  const { data: models } = await client.models.list();

  const makesVectors = ({ architecture }) => architecture?.output_modalities.includes('embeddings');
  const answers = await Promise.all(models.filter((model) => !makesVectors(model)).map(({ id }) => client.chat.completions.create({ model: id, messages, max_tokens: 5 })));
  const vectors = await Promise.all(models.filter(makesVectors).map(({ id }) => client.embeddings.create({ model: id, input: 'Hello' })));

  assert.ok(answers.length > 1 && answers.every((answer) => answer.choices[0].message.content.length > 0));
  assert.ok(vectors.length > 0 && vectors.every(({ data }) => data[0].embedding.length > 1));
});

test('a tool that must be called is called', async () => {
  const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

  const completion = await client.chat.completions.create({
    model: 'auto',
    messages,
    tools: [{ type: 'function', function: { name: 'weather', parameters } }],
    tool_choice: { type: 'function', function: { name: 'weather' } },
  });

  const [call] = completion.choices[0].message.tool_calls;
  assert.equal(call.function.name, 'weather');
  assert.equal(typeof JSON.parse(call.function.arguments).city, 'string');
});

test('a JSON schema is kept', async () => {
  const Person = z.object({ name: z.string(), age: z.number().int() });

  const completion = await client.chat.completions.parse({ model: 'auto', messages, response_format: zodResponseFormat(Person, 'person') });

  const { parsed } = completion.choices[0].message;
  assert.equal(typeof parsed.name, 'string');
  assert.ok(Number.isInteger(parsed.age));
});

test('an unknown model is not found', async () => {
  await assert.rejects(client.chat.completions.create({ model: 'nobody', messages }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError, String(error));
    assert.equal(error.code, 'model_not_found');
    return true;
  });
});
