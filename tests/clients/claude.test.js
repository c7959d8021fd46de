// What Anthropic's answers carry beyond OpenAI's schema trips none of the clients: thinking with signatures, sources, the vendor's own tools.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { HumanMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { z } from 'zod';
import { test } from './support/bounded.js';
import { Claude, said } from './support/claude.js';
import { Router } from './support/router.js';

let claude;
let router;
before(async () => {
  claude = await Claude.start();
  router = await Router.start(claude.configuration);
});
after(async () => {
  await router?.stop();
  await claude?.stop();
});

const prompt = 'How is the weather in Paris and in Rome?';
const messages = [{ role: 'user', content: prompt }];
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tools = [{ type: 'function', function: { name: 'weather', parameters } }];
const calls = said.calls.map(({ id, name, input }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(input) } }));

const openai = () => new OpenAI({ apiKey: 'any', baseURL: router.baseURL });
const aiModel = () => createOpenAICompatible({ name: 'router', baseURL: router.baseURL, apiKey: 'any', includeUsage: true })('auto');
const aiTools = { weather: tool({ description: 'The weather', inputSchema: z.object({ city: z.string() }) }) };
const langchain = () =>
  new ChatOpenAI({ model: 'auto', apiKey: 'any', maxRetries: 0, configuration: { baseURL: router.baseURL } }).bindTools([
    { type: 'function', function: { name: 'weather', description: 'The weather', parameters } },
  ]);

test("OpenAI's client gets the whole message", async () => {
  const { choices: [choice], usage } = await openai().chat.completions.create({ model: 'auto', messages, tools });

  assert.equal(choice.message.content, said.text);
  assert.deepEqual(choice.message.tool_calls, calls);
  assert.equal(choice.finish_reason, 'tool_calls');
  assert.equal(choice.message.thinking_blocks[0].signature, said.signature);
  assert.equal(choice.message.annotations[0].url_citation.url, said.source.url);
  assert.equal(usage.prompt_tokens, 1000);
});

test("OpenAI's stream helper puts text and calls together", async () => {
  const stream = openai().chat.completions.stream({ model: 'auto', messages, tools, stream_options: { include_usage: true } });
  const done = [];
  stream.on('tool_calls.function.arguments.done', ({ index, arguments: text }) => done.push([index, text]));

  const { choices: [choice], usage } = await stream.finalChatCompletion();

  assert.equal(choice.message.content, said.text);
  assert.deepEqual(choice.message.tool_calls.map(({ id, function: { name, arguments: text } }) => ({ id, name, input: JSON.parse(text) })), said.calls);
  assert.deepEqual(done, [[0, '{"city":"Paris"}'], [1, '{"city":"Rome"}']]);
  assert.equal(usage.prompt_tokens_details.cached_tokens, 100);
});

test('streamed reasoning details add up to what must be sent back', async () => {
  const details = [];
  for await (const { choices: [choice] } of await openai().chat.completions.create({ model: 'auto', messages, tools, stream: true })) {
    for (const { index, ...detail } of choice?.delta.reasoning_details ?? []) {
      const known = (details[index] ??= {});
      for (const [name, text] of Object.entries(detail)) {
        known[name] = name === 'type' ? text : (known[name] ?? '') + text;
      }
    }
  }

  assert.deepEqual(details, [
    { type: 'reasoning.text', text: said.thinking, format: 'anthropic-claude-v1', signature: said.signature },
    { type: 'reasoning.encrypted', data: 'ZGF0YQ==', format: 'anthropic-claude-v1' },
  ]);
});

test('the AI SDK gets reasoning, text and calls', async () => {
  const result = await generateText({ model: aiModel(), prompt, tools: aiTools });

  assert.equal(result.text, said.text);
  assert.equal(result.reasoningText, said.thinking);
  assert.deepEqual(result.toolCalls.map(({ toolCallId: id, toolName: name, input }) => ({ id, name, input })), said.calls);
});

test('the AI SDK streams reasoning, text and calls', async () => {
  const result = streamText({ model: aiModel(), prompt, tools: aiTools });

  assert.equal(await result.text, said.text);
  assert.equal(await result.reasoningText, said.thinking);
  assert.deepEqual((await result.toolCalls).map(({ toolCallId: id, toolName: name, input }) => ({ id, name, input })), said.calls);
  assert.equal(await result.finishReason, 'tool-calls');
});

test('LangChain gets text and calls', async () => {
  const answer = await langchain().invoke([new HumanMessage(prompt)]);

  assert.equal(answer.content, said.text);
  assert.deepEqual(answer.tool_calls.map(({ id, name, args: input }) => ({ id, name, input })), said.calls);
});

test('LangChain streams text and calls', async () => {
  let answer;
  for await (const chunk of await langchain().stream([new HumanMessage(prompt)])) {
    answer = answer ? answer.concat(chunk) : chunk;
  }

  assert.equal(answer.content, said.text);
  assert.deepEqual(answer.tool_calls.map(({ id, name, args: input }) => ({ id, name, input })), said.calls);
});
