// OpenAI's own client: what reaches it when something goes wrong.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { test } from './support/bounded.js';
import { story } from './support/replies.js';
import { useScene } from './support/scene.js';

const scene = useScene();
const messages = [{ role: 'user', content: 'Tell me about a fox.' }];

/** A client with its usual retries that counts what it sends. */
function connect(options) {
  const client = new OpenAI({
    ...options,
    apiKey: 'any',
    baseURL: scene.router.baseURL,
    fetch: (url, init) => {
      client.sent += 1;
      return fetch(url, init);
    },
  });
  client.sent = 0;
  return client;
}

async function failureOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }

  return assert.fail('The call succeeded.');
}

async function read(stream) {
  let text = '';
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
  }

  return text;
}

for (const stream of [false, true]) {
  const way = stream ? 'streamed' : 'plain';

  test(`an unknown model is not found (${way})`, async () => {
    const client = connect();

    const error = await failureOf(client.chat.completions.create({ model: 'chaep', messages, stream }));

    assert.ok(error instanceof OpenAI.NotFoundError, String(error));
    assert.equal(error.code, 'model_not_found');
    assert.equal(error.param, 'model');
    assert.equal(error.type, 'invalid_request_error');
    assert.match(error.message, /chaep/);
    assert.match(error.message, /cheap/);
    assert.ok(error.requestID);
    assert.equal(client.sent, 1);
  });

  test(`messages that are no list are a bad request (${way})`, async () => {
    const error = await failureOf(connect().chat.completions.create({ model: 'auto', messages: 'hello', stream }));

    assert.ok(error instanceof OpenAI.BadRequestError, String(error));
    assert.equal(typeof error.code, 'string');
    assert.match(error.message, /messages/);
  });

  test(`a vendor's refusal of the request arrives as it is (${way})`, async () => {
    const client = connect();

    const error = await failureOf(client.chat.completions.create({ model: 'picky', messages, stream, temperature: 9 }));

    assert.ok(error instanceof OpenAI.BadRequestError, String(error));
    assert.equal(error.code, 'unsupported_value');
    assert.equal(error.param, 'temperature');
    assert.match(error.message, /Unsupported value/);
    assert.equal(client.sent, 1);
  });

  test(`a failing model is replaced without the client noticing (${way})`, async () => {
    const client = connect();

    const { data, response } = await client.chat.completions.create({ model: 'rescued-from-errors', messages, stream }).withResponse();

    assert.equal(stream ? await read(data) : data.choices[0].message.content, story);
    assert.equal(response.headers.get('x-router-model'), 'cheap');
    assert.equal(client.sent, 1);
  });

  test(`a silent model is replaced without the client noticing (${way})`, async () => {
    const { data, response } = await connect().chat.completions.create({ model: 'rescued-from-silence', messages, stream }).withResponse();

    assert.equal(stream ? await read(data) : data.choices[0].message.content, story);
    assert.equal(response.headers.get('x-router-model'), 'cheap');
    await scene.upstream.abandoned('silent');
  });

  test(`a client that leaves ends the call to the vendor (${way})`, async () => {
    const leaving = new AbortController();
    const call = connect().chat.completions.create({ model: stream ? 'hanging' : 'silent', messages, stream }, { signal: leaving.signal });

    if (stream) {
      const chunks = (await call)[Symbol.asyncIterator]();
      await chunks.next();
      leaving.abort();
    } else {
      const asked = scene.upstream.askedOf('silent').length;
      const failed = failureOf(call);
      await scene.upstream.askedAgain('silent', asked);
      leaving.abort();
      assert.ok((await failed) instanceof OpenAI.APIUserAbortError);
    }

    await scene.upstream.abandoned(stream ? 'hanging' : 'silent');
  });
}

test('the first failure of a model is one attempt more', async () => {
  const { response } = await connect().chat.completions.create({ model: 'broken-once', messages }).withResponse();

  assert.equal(response.headers.get('x-router-model'), 'cheap');
  assert.equal(response.headers.get('x-router-attempts'), '2');
});

test('an error inside a stream before its first content is survived', async () => {
  const stream = await connect().chat.completions.create({ model: 'rescued-before-content', messages, stream: true });

  assert.equal(await read(stream), story);
});

test('no messages at all are a bad request', async () => {
  const error = await failureOf(connect().chat.completions.create({ model: 'auto', messages: [] }));

  assert.ok(error instanceof OpenAI.BadRequestError, String(error));
  assert.match(error.message, /messages/);
});

test('a torn body is a bad request', async () => {
  const error = await failureOf(connect().chat.completions.create('{"model":"auto","mess', { headers: { 'content-type': 'application/json' } }));

  assert.ok(error instanceof OpenAI.BadRequestError, String(error));
  assert.equal(typeof error.code, 'string');
});

test('an unknown routing preference is a bad request that names it', async () => {
  const error = await failureOf(connect().chat.completions.create({ model: 'auto', messages, provider: { sorted: 'price' } }));

  assert.ok(error instanceof OpenAI.BadRequestError, String(error));
  assert.match(error.message, /sorted/);
});

test('retrieving an unknown model is not found', async () => {
  const error = await failureOf(connect().models.retrieve('nobody'));

  assert.ok(error instanceof OpenAI.NotFoundError, String(error));
  assert.equal(error.code, 'model_not_found');
});

test('an endpoint that does not exist is not found', async () => {
  const error = await failureOf(connect().images.generate({ prompt: 'A fox' }));

  assert.ok(error instanceof OpenAI.NotFoundError, String(error));
  assert.equal(error.code, 'not_found');
});

test('when the vendor has no capacity for long the client is told when to come back', async () => {
  const error = await failureOf(connect({ maxRetries: 0 }).chat.completions.create({ model: 'only-busy-for-long', messages }));

  assert.ok(error instanceof OpenAI.RateLimitError, String(error));
  assert.equal(error.code, 'capacity_exhausted');
  const seconds = Number(error.headers.get('retry-after'));
  assert.ok(seconds > 15 && seconds <= 20, `Retry-After: ${seconds}`);
  const milliseconds = Number(error.headers.get('retry-after-ms'));
  assert.ok(milliseconds > 15000 && milliseconds <= 20000, `retry-after-ms: ${milliseconds}`);
  assert.equal(scene.upstream.askedOf('busy-for-long').length, 1);
});

test('when every attempt failed the client sees one error and does not multiply the attempts', async () => {
  const client = connect();

  const error = await failureOf(client.chat.completions.create({ model: 'only-broken', messages }));

  assert.ok(error instanceof OpenAI.InternalServerError, String(error));
  assert.equal(error.status, 502);
  assert.equal(error.code, 'upstream_error');
  assert.equal(error.headers.get('x-should-retry'), 'false');
  assert.equal(client.sent, 1);
  assert.equal(scene.upstream.askedOf('broken-alone').length, 2);
});

test("a refusal of the router's own key is not the client's", async () => {
  const error = await failureOf(connect().chat.completions.create({ model: 'only-keyless', messages }));

  assert.ok(error instanceof OpenAI.InternalServerError, String(error));
  assert.equal(error.code, 'upstream_error');
  assert.equal(error.message.includes('Incorrect API key'), false);
});

for (const model of ['cutting', 'ending-early']) {
  test(`a stream that is cut is an error, not an answer (${model})`, async () => {
    const stream = await connect().chat.completions.create({ model, messages, stream: true });
    let text = '';
    const finishes = [];

    const error = await failureOf(
      (async () => {
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? '';
          finishes.push(chunk.choices[0]?.finish_reason);
        }
      })(),
    );

    assert.ok(error instanceof OpenAI.APIError, String(error));
    assert.equal(error.code, 'upstream_error');
    assert.ok(text.length > 0 && story.startsWith(text) && text !== story, text);
    assert.equal(finishes.includes('stop'), false);
  });

  test(`the stream helper reports the cut (${model})`, async () => {
    const error = await failureOf(connect().chat.completions.stream({ model, messages }).finalChatCompletion());

    assert.ok(error instanceof OpenAI.APIError, String(error));
    assert.equal(error.code, 'upstream_error');
  });
}
