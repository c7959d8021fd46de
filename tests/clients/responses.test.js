// OpenAI's own client, and the AI SDK, through the Responses API, in front of a vendor that has chat completions only.
import assert from 'node:assert/strict';
import { createOpenAI } from '@ai-sdk/openai';
import { generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { test } from './support/bounded.js';
import { person, story } from './support/replies.js';
import { useScene } from './support/scene.js';

const scene = useScene();
const question = 'How is the weather in Paris and in Rome?';
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
const tools = [{ type: 'function', name: 'weather', description: 'The weather in a city', parameters, strict: true }];
const Person = z.object({ name: z.string(), age: z.number().int() });

const connect = () => new OpenAI({ apiKey: 'any', baseURL: scene.router.baseURL, maxRetries: 0 });
const aiModel = () => createOpenAI({ apiKey: 'any', baseURL: scene.router.baseURL })('auto');
const aiTools = { weather: tool({ description: 'The weather', inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `sunny in ${city}` }) };
const named = (items) => items.filter(({ type }) => type === 'function_call').map(({ call_id, name, arguments: text }) => [call_id, name, text]);
const calls = [['call_1', 'weather', '{"city":"Paris"}'], ['call_2', 'weather', '{"city":"Rome"}']];

test('a text arrives with its usage', async () => {
  const response = await connect().responses.create({ model: 'auto', instructions: 'Be brief.', input: 'Tell me a story.' });

  assert.equal(response.output_text, story);
  assert.deepEqual([response.object, response.status, response.error, response.incomplete_details], ['response', 'completed', null, null]);
  assert.equal(response.usage.input_tokens, scene.upstream.last.usage.prompt_tokens);
  assert.equal(response.usage.input_tokens_details.cached_tokens, scene.upstream.last.usage.prompt_tokens_details.cached_tokens);
  assert.deepEqual(scene.upstream.last.body.messages.map(({ role }) => role), ['system', 'user']);
});

test('the events of a stream are in order, and the helper puts them together', async () => {
  const types = [];
  const numbers = [];
  const stream = connect().responses.stream({ model: 'auto', input: 'Tell me a story.' });
  for await (const event of stream) {
    types.push(event.type);
    numbers.push(event.sequence_number);
  }

  const response = await stream.finalResponse();
  assert.equal(response.output_text, story);
  assert.deepEqual(numbers, numbers.map((_, place) => place));
  assert.deepEqual(types.filter((type, place) => type !== types[place - 1]), [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]);
  assert.equal(response.usage.output_tokens, scene.upstream.last.usage.completion_tokens);
});

test('two calls of functions arrive, plain and streamed, and the whole history with their results goes back', async () => {
  const client = connect();
  const request = { model: 'auto', tools, store: false, include: ['reasoning.encrypted_content'], prompt_cache_key: 'conversation-1' };
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: question }] }];
  const plain = await client.responses.create({ ...request, input });
  const streamed = await client.responses.stream({ ...request, input }).finalResponse();

  assert.deepEqual(named(plain.output), calls);
  assert.deepEqual(named(streamed.output), calls);

  const results = calls.map(([call_id], place) => ({ type: 'function_call_output', call_id, output: place === 0 ? 'sunny' : 'rainy' }));
  const last = await client.responses.create({ ...request, input: [...input, ...streamed.output, ...results] });
  assert.equal(last.output_text, 'The tools say: call_1=sunny call_2=rainy');
});

test('an answer keeps to a schema', async () => {
  const response = await connect().responses.parse({ model: 'auto', input: 'Who?', text: { format: zodTextFormat(Person, 'person') } });

  assert.deepEqual(response.output_parsed, person);
  assert.equal(scene.upstream.last.body.response_format.type, 'json_schema');
});

test("errors are the client's own classes and name the member", async () => {
  const client = connect();

  await assert.rejects(client.responses.create({ model: 'no-such-model', input: 'Hi' }), OpenAI.NotFoundError);
  await assert.rejects(client.responses.create({ model: 'auto' }), (error) => error instanceof OpenAI.BadRequestError && error.param === 'input');
  await assert.rejects(
    client.responses.create({ model: 'auto', input: 'Hi', tools: [{ type: 'web_search' }] }),
    (error) => error.code === 'unsupported_parameter' && error.param === 'tools[0].type',
  );
});

test('a stream that breaks off says that it failed', async () => {
  const types = [];
  for await (const event of await connect().responses.create({ model: 'cutting', input: 'Tell me a story.', stream: true })) {
    types.push(event.type);
  }

  assert.equal(types.at(-1), 'response.failed');
});

test('a fallback answers where the first model fails', async () => {
  const response = await connect().responses.create({ model: 'rescued-from-errors', input: 'Tell me a story.' });

  assert.equal(response.output_text, story);
});

test('the AI SDK gets a text, an object and calls over several turns', async () => {
  const { text, usage } = await generateText({ model: aiModel(), prompt: 'Tell me a story.' });
  const { object } = await generateObject({ model: aiModel(), prompt: 'Who?', schema: Person });
  const { textStream } = streamText({ model: aiModel(), prompt: question, tools: aiTools, stopWhen: stepCountIs(3), providerOptions: { openai: { store: false } } });
  let streamed = '';
  for await (const piece of textStream) {
    streamed += piece;
  }

  assert.equal(text, story);
  assert.ok(usage.outputTokens > 0);
  assert.deepEqual(object, person);
  assert.match(streamed, /call_1=sunny in Paris call_2=sunny in Rome/);
});
