// Vercel's AI SDK with its provider for OpenAI-compatible servers.
import assert from 'node:assert/strict';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateObject, generateText, Output, stepCountIs, streamObject, streamText, tool } from 'ai';
import { z } from 'zod';
import { test } from './support/bounded.js';
import { person, story } from './support/replies.js';
import { useScene } from './support/scene.js';
import { within } from './support/waiting.js';

const scene = useScene();
const prompt = 'Tell me about a fox.';
const Person = z.object({ name: z.string(), age: z.number().int() });

function model(name) {
  const { baseURL } = scene.router;
  return createOpenAICompatible({ name: 'router', baseURL, apiKey: 'any', includeUsage: true, supportsStructuredOutputs: true })(name);
}

function weather(asked) {
  return tool({
    description: 'The weather in a city',
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => {
      asked.push(city);
      return { sky: 'sunny', city };
    },
  });
}

async function partsOf(stream) {
  const parts = [];
  for await (const part of stream) {
    parts.push(part);
  }

  return parts;
}

function assertBill(usage) {
  const bill = scene.upstream.last.usage;
  assert.equal(usage.inputTokens, bill.prompt_tokens);
  assert.equal(usage.outputTokens, bill.completion_tokens);
  assert.equal(usage.totalTokens, bill.total_tokens);
  assert.equal(usage.inputTokenDetails.cacheReadTokens, bill.prompt_tokens_details.cached_tokens);
  assert.equal(usage.outputTokenDetails.reasoningTokens, bill.completion_tokens_details.reasoning_tokens);
}

test('generateText gets the answer, its bill and the headers', async () => {
  const result = await generateText({ model: model('auto'), prompt });

  assert.equal(result.text, story);
  assert.equal(result.finishReason, 'stop');
  assertBill(result.usage);
  assert.equal(result.response.headers['x-router-model'], 'cheap');
  assert.equal(result.response.headers['x-router-attempts'], '1');
  assert.ok(result.response.headers['x-request-id']);
});

test('streamText gets the pieces, the finish reason and the bill', async () => {
  const result = streamText({ model: model('auto'), prompt });

  const parts = await partsOf(result.fullStream);

  const pieces = parts.filter((part) => part.type === 'text-delta').map((part) => part.text);
  assert.equal(pieces.join(''), story);
  assert.equal(pieces.length, story.split(' ').length);
  assert.equal(await result.finishReason, 'stop');
  assertBill(await result.usage);
  assert.equal((await result.response).headers['x-router-model'], 'cheap');
});

test('streamText gets a piece before the vendor sends the next', async () => {
  const pieces = streamText({ model: model('stepwise'), prompt }).textStream[Symbol.asyncIterator]();
  let text = '';

  while (!text.includes('lazy')) {
    text += (await within(pieces.next(), 'the pieces sent so far arrive')).value;
  }

  assert.notEqual(text, story);
  scene.upstream.release();
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    text += next.value;
  }

  assert.equal(text, story);
});

test('generateText runs tools and sends their results back', async () => {
  const asked = [];

  const result = await generateText({
    model: model('auto'),
    prompt: 'How is the weather in Paris and in Rome?',
    tools: { weather: weather(asked) },
    stopWhen: stepCountIs(3),
  });

  assert.deepEqual(asked, ['Paris', 'Rome']);
  assert.deepEqual(result.steps.map((step) => step.finishReason), ['tool-calls', 'stop']);
  assert.deepEqual(result.steps[0].toolCalls.map((call) => [call.toolCallId, call.input]), [['call_1', { city: 'Paris' }], ['call_2', { city: 'Rome' }]]);
  assert.match(result.text, /^The tools say: call_1=.*Paris.* call_2=.*Rome/);
});

test('streamText assembles streamed tool calls and sends their results back', async () => {
  const asked = [];
  const result = streamText({
    model: model('auto'),
    prompt: 'How is the weather in Paris and in Rome?',
    tools: { weather: weather(asked) },
    stopWhen: stepCountIs(3),
  });

  const parts = await partsOf(result.fullStream);

  assert.deepEqual(asked, ['Paris', 'Rome']);
  assert.ok(parts.filter((part) => part.type === 'tool-input-delta').length > 2);
  assert.deepEqual(parts.filter((part) => part.type === 'tool-call').map((part) => part.input), [{ city: 'Paris' }, { city: 'Rome' }]);
  assert.match(await result.text, /^The tools say: call_1=.*Paris.* call_2=.*Rome/);
});

test('generateObject gets an object that fits the schema', async () => {
  const { object } = await generateObject({ model: model('auto'), prompt, schema: Person, schemaName: 'person' });

  assert.deepEqual(object, person);
  const { response_format: format } = scene.upstream.last.body;
  assert.equal(format.type, 'json_schema');
  assert.equal(format.json_schema.name, 'person');
  assert.deepEqual(Object.keys(format.json_schema.schema.properties), ['name', 'age']);
});

test('generateText with an output schema gets the object', async () => {
  const { output } = await generateText({ model: model('auto'), prompt, output: Output.object({ schema: Person }) });

  assert.deepEqual(output, person);
});

test('streamObject gets the growing object', async () => {
  const result = streamObject({ model: model('auto'), prompt, schema: Person });

  const partial = await partsOf(result.partialObjectStream);

  assert.deepEqual(partial.at(-1), person);
  assert.deepEqual(await result.object, person);
});

test('options of the provider reach the vendor', async () => {
  await generateText({ model: model('cheap'), prompt, providerOptions: { router: { x_unknown: { deep: [1.5, null] } } } });

  assert.deepEqual(scene.upstream.last.body.x_unknown, { deep: [1.5, null] });
});

test('an unknown model is an error that need not be tried again', async () => {
  await assert.rejects(generateText({ model: model('chaep'), prompt }), (error) => {
    assert.ok(APICallError.isInstance(error), String(error));
    assert.equal(error.statusCode, 404);
    assert.equal(error.isRetryable, false);
    assert.equal(error.data.error.code, 'model_not_found');
    assert.match(error.message, /chaep/);
    return true;
  });
});

test("a vendor's refusal of the request arrives as it is", async () => {
  await assert.rejects(generateText({ model: model('picky'), prompt, temperature: 9 }), (error) => {
    assert.equal(error.statusCode, 400);
    assert.match(error.message, /Unsupported value/);
    return true;
  });
});

test('when the vendor has no capacity the client is told how long to wait', async () => {
  await assert.rejects(generateText({ model: model('only-busy-for-long'), prompt, maxRetries: 0 }), (error) => {
    assert.equal(error.statusCode, 429);
    assert.equal(error.data.error.code, 'capacity_exhausted');
    const seconds = Number(error.responseHeaders['retry-after']);
    assert.ok(seconds > 0 && seconds <= 20, `retry-after: ${seconds}`);
    return true;
  });
});

test('a failing model is replaced without the client noticing', async () => {
  const plain = await generateText({ model: model('rescued-from-errors'), prompt, maxRetries: 0 });
  const streamed = streamText({ model: model('rescued-from-errors'), prompt, maxRetries: 0 });

  assert.equal(plain.text, story);
  assert.equal(plain.response.headers['x-router-model'], 'cheap');
  assert.equal(await streamed.text, story);
});

test('a stream that is aborted ends the call to the vendor', async () => {
  const leaving = new AbortController();
  const pieces = streamText({ model: model('hanging'), prompt, abortSignal: leaving.signal }).textStream[Symbol.asyncIterator]();
  await pieces.next();

  leaving.abort();

  await scene.upstream.abandoned('hanging');
});

for (const name of ['cutting', 'ending-early']) {
  test(`a stream that is cut is an error, not an answer (${name})`, async () => {
    const result = streamText({ model: model(name), prompt, maxRetries: 0, onError: () => {} });

    const parts = await partsOf(result.fullStream);

    const text = parts.filter((part) => part.type === 'text-delta').map((part) => part.text).join('');
    assert.ok(text.length > 0 && story.startsWith(text) && text !== story, text);
    const { error } = parts.find((part) => part.type === 'error');
    assert.match(JSON.stringify(error.message ?? error), /broke off/);
    assert.equal(await result.finishReason, 'error');
  });
}
