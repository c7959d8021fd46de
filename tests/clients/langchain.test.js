// LangChain's chat model for OpenAI.
import assert from 'node:assert/strict';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';
import { test } from './support/bounded.js';
import { person, story } from './support/replies.js';
import { useScene } from './support/scene.js';
import { within } from './support/waiting.js';

const scene = useScene();
const prompt = 'Tell me about a fox.';
const question = new HumanMessage('How is the weather in Paris and in Rome?');
const Person = z.object({ name: z.string(), age: z.number().int() });
const weather = tool(({ city }) => `sunny in ${city}`, {
  name: 'weather',
  description: 'The weather in a city',
  schema: z.object({ city: z.string() }),
});

function model(name, options) {
  return new ChatOpenAI({ model: name, apiKey: 'any', maxRetries: 0, configuration: { baseURL: scene.router.baseURL }, ...options });
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of await stream) {
    chunks.push(chunk);
  }

  return chunks;
}

function assertBill(usage) {
  const bill = scene.upstream.last.usage;
  assert.equal(usage.input_tokens, bill.prompt_tokens);
  assert.equal(usage.output_tokens, bill.completion_tokens);
  assert.equal(usage.total_tokens, bill.total_tokens);
  assert.equal(usage.input_token_details.cache_read, bill.prompt_tokens_details.cached_tokens);
}

test('invoke gets the answer and its bill', async () => {
  const answer = await model('auto').invoke(prompt);

  assert.equal(answer.content, story);
  assert.equal(answer.response_metadata.finish_reason, 'stop');
  assertBill(answer.usage_metadata);
});

test('stream gets the pieces, the finish reason and the bill', async () => {
  const chunks = await collect(model('auto').stream(prompt));

  const pieces = chunks.map((chunk) => chunk.content).filter((text) => text !== '');
  assert.equal(pieces.join(''), story);
  assert.equal(pieces.length, story.split(' ').length);
  const whole = chunks.reduce((sum, chunk) => sum.concat(chunk));
  assert.equal(whole.response_metadata.finish_reason, 'stop');
  assertBill(whole.usage_metadata);
});

test('stream gets a piece before the vendor sends the next', async () => {
  const chunks = (await model('stepwise').stream(prompt))[Symbol.asyncIterator]();
  let text = '';

  while (!text.includes('lazy')) {
    text += (await within(chunks.next(), 'the pieces sent so far arrive')).value.content;
  }

  assert.notEqual(text, story);
  scene.upstream.release();
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    text += next.value.content;
  }

  assert.equal(text, story);
});

for (const way of ['plain', 'streamed']) {
  test(`tools are called and their results used (${way})`, async () => {
    const bound = model('auto').bindTools([weather]);
    const ask = async (messages) =>
      way === 'plain' ? bound.invoke(messages) : (await collect(bound.stream(messages))).reduce((sum, chunk) => sum.concat(chunk));

    const call = await ask([question]);

    assert.deepEqual(
      call.tool_calls.map(({ id, name, args }) => ({ id, name, args })),
      [
        { id: 'call_1', name: 'weather', args: { city: 'Paris' } },
        { id: 'call_2', name: 'weather', args: { city: 'Rome' } },
      ],
    );
    assert.equal(call.response_metadata.finish_reason, 'tool_calls');
    const results = await Promise.all(call.tool_calls.map((toolCall) => weather.invoke(toolCall)));
    assert.ok(results.every((result) => ToolMessage.isInstance(result)));
    const answer = await ask([question, call, ...results]);
    assert.equal(answer.content, 'The tools say: call_1=sunny in Paris call_2=sunny in Rome');
  });
}

for (const method of ['jsonSchema', 'functionCalling', 'jsonMode']) {
  test(`structured output fits the schema (${method})`, async () => {
    const structured = model('auto').withStructuredOutput(Person, { name: 'person', method });

    assert.deepEqual(await structured.invoke(prompt), person);
  });
}

test('unknown fields reach the vendor', async () => {
  await model('cheap', { modelKwargs: { x_unknown: { deep: [1.5, null] } } }).invoke(prompt);

  assert.deepEqual(scene.upstream.last.body.x_unknown, { deep: [1.5, null] });
});

test('an unknown model is not found', async () => {
  await assert.rejects(model('chaep').invoke(prompt), (error) => {
    assert.equal(error.status, 404);
    assert.equal(error.code, 'model_not_found');
    assert.equal(error.lc_error_code, 'MODEL_NOT_FOUND');
    return true;
  });
});

test("a vendor's refusal of the request arrives as it is", async () => {
  await assert.rejects(model('picky', { temperature: 9 }).invoke(prompt), (error) => {
    assert.equal(error.status, 400);
    assert.equal(error.code, 'unsupported_value');
    assert.match(error.message, /Unsupported value/);
    return true;
  });
});

test('when the vendor has no capacity the client is told so', async () => {
  await assert.rejects(model('only-busy-for-long').invoke(prompt), (error) => {
    assert.equal(error.status, 429);
    assert.equal(error.lc_error_code, 'MODEL_RATE_LIMIT');
    return true;
  });
});

test('a failing model is replaced without the client noticing', async () => {
  const plain = await model('rescued-from-errors').invoke(prompt);
  const streamed = await collect(model('rescued-from-errors').stream(prompt));

  assert.equal(plain.content, story);
  assert.equal(streamed.map((chunk) => chunk.content).join(''), story);
});

test('a stream that is aborted ends the call to the vendor', async () => {
  const leaving = new AbortController();
  const chunks = (await model('hanging').stream(prompt, { signal: leaving.signal }))[Symbol.asyncIterator]();
  await chunks.next();

  leaving.abort();

  await scene.upstream.abandoned('hanging');
});

for (const name of ['cutting', 'ending-early']) {
  test(`a stream that is cut is an error, not an answer (${name})`, async () => {
    let text = '';

    await assert.rejects(async () => {
      for await (const chunk of await model(name).stream(prompt)) {
        text += chunk.content;
      }
    });

    assert.ok(text.length > 0 && story.startsWith(text) && text !== story, text);
  });
}
