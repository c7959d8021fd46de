// OpenAI's own client: tools and structured output.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { test } from './support/bounded.js';
import { person } from './support/replies.js';
import { useScene } from './support/scene.js';

const scene = useScene();
const messages = [{ role: 'user', content: 'How is the weather in Paris and in Rome?' }];
const tools = [
  {
    type: 'function',
    function: {
      name: 'weather',
      description: 'The weather in a city',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
    },
  },
];
const calls = [
  { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } },
  { id: 'call_2', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
];
const Person = z.object({ name: z.string(), age: z.number().int() });
const format = zodResponseFormat(Person, 'person');

function connect() {
  return new OpenAI({ apiKey: 'any', baseURL: scene.router.baseURL });
}

test('tool calls arrive', async () => {
  const completion = await connect().chat.completions.create({ model: 'auto', messages, tools });

  assert.equal(completion.choices[0].finish_reason, 'tool_calls');
  assert.deepEqual(completion.choices[0].message.tool_calls, calls);
  assert.deepEqual(scene.upstream.last.body.tools, tools);
});

test('streamed tool calls arrive in pieces and can be put together', async () => {
  const stream = await connect().chat.completions.create({ model: 'auto', messages, tools, stream: true });

  const built = [];
  const finishes = [];
  let pieces = 0;
  for await (const { choices: [choice] } of stream) {
    for (const { index, id, type, function: call } of choice.delta.tool_calls ?? []) {
      built[index] ??= { id, type, function: { name: call.name, arguments: '' } };
      built[index].function.arguments += call.arguments ?? '';
      pieces += 1;
    }

    finishes.push(choice.finish_reason);
  }

  assert.deepEqual(built, calls);
  assert.ok(pieces > 2 * calls.length);
  assert.deepEqual(finishes.filter(Boolean), ['tool_calls']);
});

test('the stream helper puts tool calls together', async () => {
  const completion = await connect().chat.completions.stream({ model: 'auto', messages, tools }).finalChatCompletion();

  assert.deepEqual(
    completion.choices[0].message.tool_calls.map(({ id, function: call }) => [id, call.name, call.arguments]),
    calls.map(({ id, function: call }) => [id, call.name, call.arguments]),
  );
});

for (const stream of [false, true]) {
  test(`results of tools go back and the answer uses them (${stream ? 'streamed' : 'plain'})`, async () => {
    const asked = [];
    const runner = connect().chat.completions.runTools({
      model: 'auto',
      messages,
      stream,
      tools: [
        zodFunction({
          name: 'weather',
          parameters: z.object({ city: z.string() }),
          function: ({ city }) => {
            asked.push(city);
            return `sunny in ${city}`;
          },
        }),
      ],
    });

    assert.equal(await runner.finalContent(), 'The tools say: call_1=sunny in Paris call_2=sunny in Rome');
    assert.deepEqual(asked, ['Paris', 'Rome']);
    assert.deepEqual(scene.upstream.last.body.messages.map((message) => message.role), ['user', 'assistant', 'tool', 'tool']);
  });
}

test('a JSON schema reaches the vendor and the answer is parsed by it', async () => {
  const completion = await connect().chat.completions.parse({ model: 'auto', messages, response_format: format });

  assert.deepEqual(completion.choices[0].message.parsed, person);
  const sent = scene.upstream.last.body.response_format;
  assert.deepEqual(sent, JSON.parse(JSON.stringify(format)));
  assert.equal(sent.json_schema.strict, true);
});

test('a streamed answer is parsed by its JSON schema', async () => {
  const completion = await connect().chat.completions.stream({ model: 'auto', messages, response_format: format }).finalChatCompletion();

  assert.deepEqual(completion.choices[0].message.parsed, person);
});

test('a JSON object without a schema can be asked for', async () => {
  const completion = await connect().chat.completions.create({ model: 'auto', messages, response_format: { type: 'json_object' } });

  assert.deepEqual(JSON.parse(completion.choices[0].message.content), person);
});
