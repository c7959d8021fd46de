// Embeddings: OpenAI's client, LangChain and the AI SDK, before a vendor that does as it is asked and one that sends numbers whatever it is asked for.
import assert from 'node:assert/strict';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { OpenAIEmbeddings } from '@langchain/openai';
import { embed, embedMany } from 'ai';
import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { test } from './support/bounded.js';
import { Router } from './support/router.js';
import { useScene } from './support/scene.js';
import { vectorOf } from './support/vectors.js';

const scene = useScene();
const texts = ['a red fox', 'a blue whale', 'invoices of march'];
const expected = texts.map((text) => vectorOf(text));
const models = ['search', 'stubborn'];

function connect() {
  return new OpenAI({ apiKey: 'any', baseURL: scene.router.baseURL, maxRetries: 0 });
}

for (const model of models) {
  test(`${model}: OpenAI's client asks for base64 by itself and gets the numbers`, async () => {
    const { data, response } = await connect().embeddings.create({ model, input: texts }).withResponse();

    assert.equal(scene.upstream.last.body.encoding_format, 'base64');
    assert.deepEqual(data.data.map((item) => Array.from(item.embedding)), expected);
    assert.deepEqual(data.data.map((item) => item.index), [0, 1, 2]);
    assert.equal(data.usage.prompt_tokens, 9);
    assert.equal(data.usage.cost, 0.000018);
    assert.equal(response.headers.get('x-router-cost'), '0.000018');
  });

  test(`${model}: OpenAI's client asks for floats and gets them`, async () => {
    const answer = await connect().embeddings.create({ model, input: 'a red fox', encoding_format: 'float' });

    assert.deepEqual(answer.data[0].embedding, expected[0]);
  });

  test(`${model}: LangChain embeds a query and documents`, async () => {
    const embeddings = new OpenAIEmbeddings({ model, apiKey: 'any', maxRetries: 0, batchSize: 2, configuration: { baseURL: scene.router.baseURL } });

    assert.deepEqual(Array.from(await embeddings.embedQuery('a red fox')), expected[0]);
    assert.deepEqual((await embeddings.embedDocuments(texts)).map((vector) => Array.from(vector)), expected);
  });

  test(`${model}: the AI SDK embeds one and many`, async () => {
    const provider = createOpenAI({ apiKey: 'any', baseURL: scene.router.baseURL });

    const one = await embed({ model: provider.textEmbeddingModel(model), value: texts[0], maxRetries: 0 });
    const many = await embedMany({ model: provider.textEmbeddingModel(model), values: texts, maxRetries: 0 });

    assert.deepEqual(one.embedding, expected[0]);
    assert.deepEqual(many.embeddings, expected);
    assert.equal(many.usage.tokens, 9);
  });

  test(`${model}: the AI SDK's client for compatible vendors embeds many`, async () => {
    const provider = createOpenAICompatible({ name: 'router', apiKey: 'any', baseURL: scene.router.baseURL });

    const { embeddings } = await embedMany({ model: provider.textEmbeddingModel(model), values: texts, maxRetries: 0 });

    assert.deepEqual(embeddings, expected);
  });
}

test('token ids and dimensions go up as they came, and vectors of that length come back', async () => {
  const answer = await connect().embeddings.create({ model: 'search', input: [[15, 4], [7]], dimensions: 5 });

  assert.deepEqual(scene.upstream.last.body.input, [[15, 4], [7]]);
  assert.deepEqual(answer.data.map((item) => Array.from(item.embedding)), [vectorOf([15, 4], 5), vectorOf([7], 5)]);
});

test("Azure's client is served on its own path", async () => {
  const client = new AzureOpenAI({ apiKey: 'any', apiVersion: '2024-10-21', endpoint: scene.router.baseURL.replace(/\/v1\/?$/, ''), maxRetries: 0 });

  const answer = await client.embeddings.create({ model: 'search', input: 'a red fox' });

  assert.deepEqual(Array.from(answer.data[0].embedding), expected[0]);
});

test('a model that chats is refused as a bad request', async () => {
  await assert.rejects(connect().embeddings.create({ model: 'cheap', input: 'a' }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, 'model');
    return true;
  });
});

test('the list of models says which make embeddings', async () => {
  const list = (await connect().models.list()).data;

  assert.deepEqual(list.filter((model) => model.capabilities.includes('embeddings')).map((model) => model.id), ['search', 'small', 'stubborn']);
});

test('a batch of embeddings is answered', async () => {
  const client = connect();
  const line = JSON.stringify({ custom_id: 'a', method: 'POST', url: '/v1/embeddings', body: { model: 'search', input: texts } });
  const file = await client.files.create({ file: await toFile(Buffer.from(line), 'requests.jsonl'), purpose: 'batch' });
  let batch = await client.batches.create({ input_file_id: file.id, endpoint: '/v1/embeddings', completion_window: '24h' });
  while (!['completed', 'failed', 'cancelled', 'expired'].includes(batch.status)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    batch = await client.batches.retrieve(batch.id);
  }

  const answer = JSON.parse(await (await client.files.content(batch.output_file_id)).text());
  assert.deepEqual(answer.response.body.data.map((item) => item.embedding), expected);
});

test('without a configuration there is a model that makes embeddings', async () => {
  const router = await Router.start();
  try {
    const client = new OpenAI({ apiKey: 'any', baseURL: router.baseURL });
    const [fox, sleeper, invoices] = (await client.embeddings.create({ model: 'vectors', input: ['the red fox jumps', 'the red fox sleeps', 'invoices of march'] })).data;

    assert.ok(product(fox.embedding, sleeper.embedding) > product(fox.embedding, invoices.embedding));
  } finally {
    await router.stop();
  }
});

function product(left, right) {
  return left.reduce((sum, number, place) => sum + number * right[place], 0);
}
