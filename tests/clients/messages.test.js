// Anthropic's own client, and others that speak its Messages API, in front of a vendor of OpenAI's schema and of one of Anthropic's.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { createAnthropic } from '@ai-sdk/anthropic';
import { ChatAnthropic } from '@langchain/anthropic';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { test } from './support/bounded.js';
import { Claude, message as whole, said } from './support/claude.js';
import { story } from './support/replies.js';
import { Router } from './support/router.js';
import { useScene } from './support/scene.js';

// It knows no model called auto, and says so on the console.
globalThis.AI_SDK_LOG_WARNINGS = false;

const scene = useScene();
let claude;
let claudesRouter;
before(async () => {
  claude = await Claude.start();
  claudesRouter = await Router.start(claude.configuration);
});
after(async () => {
  await claudesRouter?.stop();
  await claude?.stop();
});

const input_schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tools = [{ name: 'weather', description: 'The weather in a city', input_schema }];
const question = { role: 'user', content: 'How is the weather in Paris and in Rome?' };
const request = { model: 'auto', max_tokens: 1024, messages: [question], tools };

const connect = (router, options) => new Anthropic({ apiKey: 'any', baseURL: router.origin, maxRetries: 0, ...options });
const aiModel = (router) => createAnthropic({ apiKey: 'any', baseURL: router.baseURL })('auto');
const aiTools = { weather: tool({ description: 'The weather', inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `sunny in ${city}` }) };
const langchain = (router) => new ChatAnthropic({ model: 'auto', apiKey: 'any', anthropicApiUrl: router.origin, maxRetries: 0, maxTokens: 256 });

test("a model of Anthropic's answers as if there were no router", async () => {
  const answer = await connect(claudesRouter).messages.create({ ...request, thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 4096 });

  assert.deepEqual(answer, whole);
  assert.deepEqual(claude.requests.at(-1).body.thinking, { type: 'enabled', budget_tokens: 1024 });
  assert.equal(claude.requests.at(-1).body.model, 'claude-test');
});

test("a stream of Anthropic's adds up to the same message", async () => {
  const stream = connect(claudesRouter).messages.stream(request);

  const answer = await stream.finalMessage();

  assert.deepEqual(answer.content, whole.content.map((block) => (block.type === 'text' ? { ...block, citations: answer.content.find(({ type }) => type === 'text').citations } : block)));
  assert.equal(answer.stop_reason, 'tool_use');
  assert.equal(answer.usage.output_tokens, said.usage.output_tokens);
});

test('beta headers reach a vendor of the same schema', async () => {
  await connect(claudesRouter).beta.messages.create({ ...request, betas: ['interleaved-thinking-2025-05-14', 'context-1m-2025-08-07'] });

  assert.equal(claude.requests.at(-1).headers['anthropic-beta'], 'interleaved-thinking-2025-05-14,context-1m-2025-08-07');
});

test("a model of OpenAI's schema answers with a text", async () => {
  const answer = await connect(scene.router).messages.create({ model: 'auto', max_tokens: 256, system: 'Be brief.', messages: [{ role: 'user', content: 'Tell me a story.' }] });

  assert.deepEqual(answer.content, [{ type: 'text', text: story }]);
  assert.deepEqual([answer.type, answer.role, answer.stop_reason], ['message', 'assistant', 'end_turn']);
  const { prompt_tokens, prompt_tokens_details } = scene.upstream.last.usage;
  assert.equal(answer.usage.input_tokens + answer.usage.cache_read_input_tokens, prompt_tokens);
  assert.equal(answer.usage.cache_read_input_tokens, prompt_tokens_details.cached_tokens);
  assert.equal(scene.upstream.last.body.messages[0].role, 'system');
});

test("it streams, and the client's helper puts the pieces together", async () => {
  const stream = connect(scene.router).messages.stream({ model: 'auto', max_tokens: 256, messages: [{ role: 'user', content: 'Tell me a story.' }] });
  let text = '';
  stream.on('text', (piece) => (text += piece));

  const answer = await stream.finalMessage();

  assert.equal(text, story);
  assert.deepEqual(answer.content, [{ type: 'text', text: story }]);
  assert.equal(answer.usage.output_tokens, scene.upstream.last.usage.completion_tokens);
});

test('two calls of tools are blocks of their own, plain and streamed, and their results go back', async () => {
  const client = connect(scene.router);
  const plain = await client.messages.create(request);
  const streamed = await client.messages.stream(request).finalMessage();

  const calls = [
    { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Paris' } },
    { type: 'tool_use', id: 'call_2', name: 'weather', input: { city: 'Rome' } },
  ];
  assert.deepEqual(plain.content.map(({ type, id, name, input }) => ({ type, id, name, input })), calls);
  assert.deepEqual(streamed.content.map(({ type, id, name, input }) => ({ type, id, name, input })), calls);
  assert.equal(streamed.stop_reason, 'tool_use');

  const results = [
    { type: 'tool_result', tool_use_id: 'call_1', content: 'sunny' },
    { type: 'tool_result', tool_use_id: 'call_2', content: [{ type: 'text', text: 'rainy' }] },
  ];
  const last = await client.messages.create({ ...request, messages: [question, { role: 'assistant', content: streamed.content }, { role: 'user', content: results }] });
  assert.equal(last.content[0].text, 'The tools say: call_1=sunny call_2=rainy');
});

test("errors are the client's own classes", async () => {
  const client = connect(scene.router);

  await assert.rejects(client.messages.create({ ...request, model: 'no-such-model' }), (error) => error instanceof Anthropic.NotFoundError && error.error.error.type === 'not_found_error');
  await assert.rejects(client.messages.create({ ...request, max_tokens: undefined }), (error) => error instanceof Anthropic.BadRequestError && /max_tokens/.test(error.message));
  await assert.rejects(client.messages.create({ ...request, model: 'only-busy' }), Anthropic.OverloadedError);
});

test('a fallback answers where the first model fails', async () => {
  const answer = await connect(scene.router).messages.create({ model: 'rescued-from-errors', max_tokens: 99, messages: [{ role: 'user', content: 'Tell me a story.' }] });

  assert.equal(answer.content[0].text, story);
});

test('a stream that breaks off is an error, not an answer', async () => {
  const stream = connect(scene.router).messages.stream({ model: 'cutting', max_tokens: 99, messages: [{ role: 'user', content: 'Tell me a story.' }] });

  await assert.rejects(stream.finalMessage(), Anthropic.APIError);
});

test('a model counts the tokens of a prompt before it is sent', async () => {
  const { data, response } = await connect(scene.router).messages.countTokens({ model: 'auto', messages: [question], tools }).withResponse();

  assert.ok(data.input_tokens > 10 && data.input_tokens < 200, String(data.input_tokens));
  assert.equal(response.headers.get('x-router-token-count'), 'estimate');
  await assert.rejects(connect(scene.router).messages.countTokens({ model: 'auto' }), Anthropic.BadRequestError);
});

for (const [vendor, routerOf] of [['Anthropic', () => claudesRouter], ['OpenAI', () => scene.router]]) {
  test(`the AI SDK gets texts, calls and usage from a vendor of the schema of ${vendor}`, async () => {
    const { toolCalls, usage } = await generateText({ model: aiModel(routerOf()), prompt: question.content, tools: { weather: { ...aiTools.weather, execute: undefined } } });

    assert.deepEqual(toolCalls.filter(({ toolName }) => toolName === 'weather').map(({ input }) => input.city), ['Paris', 'Rome']);
    assert.ok(usage.outputTokens > 0);
  });
}

test('the AI SDK runs tools over several turns and streams the last', async () => {
  const { textStream } = streamText({ model: aiModel(scene.router), prompt: question.content, tools: aiTools, stopWhen: stepCountIs(3) });

  let text = '';
  for await (const piece of textStream) {
    text += piece;
  }

  assert.match(text, /call_1=sunny in Paris call_2=sunny in Rome/);
});

test('LangChain answers and streams', async () => {
  const model = langchain(scene.router);
  const { content } = await model.invoke('Tell me a story.');
  let streamed = '';
  for await (const piece of await model.stream('Tell me a story.')) {
    streamed += typeof piece.content === 'string' ? piece.content : piece.content.map((block) => block.text ?? '').join('');
  }

  assert.equal(content, story);
  assert.equal(streamed, story);
});
