// OpenRouter's own clients, pointed at the router.
import assert from 'node:assert/strict';
import { OpenRouter } from '@openrouter/sdk';
import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { test } from './support/bounded.js';
import { story } from './support/replies.js';
import { useScene } from './support/scene.js';

const scene = useScene();
const messages = [{ role: 'user', content: 'Tell me a story.' }];
const connect = () => new OpenRouter({ apiKey: 'any', serverURL: scene.router.baseURL, retryConfig: { strategy: 'none' } });
const aiModel = () => createOpenRouter({ apiKey: 'any', baseURL: scene.router.baseURL })('auto');

test('its SDK gets a whole answer with the cost', async () => {
  const { choices: [choice], usage } = await connect().chat.send({ chatRequest: { model: 'auto', messages } });

  assert.equal(choice.message.content, story);
  assert.equal(usage.promptTokens, scene.upstream.last.usage.prompt_tokens);
  assert.ok(usage.cost > 0);
});

test('its SDK streams', async () => {
  let text = '';
  let cost;
  for await (const { choices, usage } of await connect().chat.send({ chatRequest: { model: 'auto', messages, stream: true, streamOptions: { includeUsage: true } } })) {
    text += choices[0]?.delta.content ?? '';
    cost = usage?.cost ?? cost;
  }

  assert.equal(text, story);
  assert.ok(cost > 0);
});

test('its provider for the AI SDK gets texts and runs tools', async () => {
  const { text, usage } = await generateText({ model: aiModel(), messages });
  const weather = tool({ description: 'The weather', inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `sunny in ${city}` });
  const { textStream } = streamText({ model: aiModel(), prompt: 'How is the weather in Paris and in Rome?', tools: { weather }, stopWhen: stepCountIs(3) });
  let streamed = '';
  for await (const piece of textStream) {
    streamed += piece;
  }

  assert.equal(text, story);
  assert.ok(usage.outputTokens > 0);
  assert.match(streamed, /call_1=sunny in Paris call_2=sunny in Rome/);
});
