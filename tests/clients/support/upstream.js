// A vendor with OpenAI's chat completions and embeddings. How it behaves is chosen by the model asked for; every request is kept in its books.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from './waiting.js';
import { deltasOf, replyTo } from './replies.js';
import { embeddingsOf } from './vectors.js';

const piecesBeforeTrouble = 4;
const arrivalMilliseconds = 50;

const rateLimit = { message: 'Rate limit reached.', type: 'requests', param: null, code: 'rate_limit_exceeded' };

/** Models that do not simply answer, by name. */
const behaviours = {
  broken: (call) => call.refuse(500, { message: 'The server had an error.', type: 'server_error', param: null, code: null }),
  'broken-alone': (call) => behaviours.broken(call),
  'broken-fresh': (call) => behaviours.broken(call),
  busy: (call) => call.refuse(429, rateLimit, { 'retry-after': '1' }),
  'busy-again': (call) => behaviours.busy(call),
  'busy-for-long': (call) => call.refuse(429, rateLimit, { 'retry-after': '20' }),
  keyless: (call) => call.refuse(401, { message: 'Incorrect API key provided.', type: 'invalid_request_error', param: null, code: 'invalid_api_key' }),
  picky: (call) =>
    call.refuse(400, { message: "Unsupported value: 'temperature'.", type: 'invalid_request_error', param: 'temperature', code: 'unsupported_value' }),
  silent: () => {},
  stepwise: (call) => call.stream({ beforeLast: () => call.upstream.released }),
  hanging: (call) => call.stream({ pieces: piecesBeforeTrouble }),
  cutting: (call) => call.stream({ pieces: piecesBeforeTrouble, then: () => call.response.destroy() }),
  'ending-early': (call) => call.stream({ pieces: piecesBeforeTrouble, then: () => call.response.end() }),
  'failing-in-stream': (call) =>
    call.stream({ pieces: 0, then: () => call.response.end(event({ error: { message: 'Overloaded.', type: 'server_error', code: null } })) }),
};

/** A running fake vendor. */
export class Upstream {
  requests = [];
  #server;

  static async start() {
    const upstream = new Upstream();
    upstream.hold();
    upstream.#server = createServer((request, response) => upstream.#serve(request, response));
    upstream.#server.listen(0, '127.0.0.1');
    await once(upstream.#server, 'listening');
    return upstream;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/v1/`;
  }

  get last() {
    return this.requests.at(-1);
  }

  /** What was asked of one model, oldest first. */
  askedOf(model) {
    return this.requests.filter((request) => request.body.model === model);
  }

  /** Resolves once a model was asked more than `before` times. */
  askedAgain(model, before) {
    return eventually(() => this.askedOf(model).length > before, `${model} is asked`);
  }

  /** Resolves once the last call to a model was closed by the caller before the answer was complete. */
  abandoned(model) {
    return eventually(() => this.askedOf(model).at(-1)?.abandoned, `the upstream sees that the call to ${model} was abandoned`);
  }

  /** Lets `stepwise` wait before its last piece until `release` is called. */
  hold() {
    this.released = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  async stop() {
    this.release();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request, response) {
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }

    if (request.method !== 'POST' || !['/v1/chat/completions', '/v1/embeddings'].includes(request.url)) {
      response.writeHead(404).end();
      return;
    }

    const raw = Buffer.concat(chunks);
    const entry = { path: request.url, headers: request.headers, raw, body: JSON.parse(raw), abandoned: false };
    this.requests.push(entry);
    response.on('close', () => {
      entry.abandoned = !response.writableFinished;
    });

    const call = new Call(this, entry, response);
    if (request.url === '/v1/embeddings') {
      call.embed();
      return;
    }

    const behave = behaviours[entry.body.model] ?? ((plain) => plain.answer());
    await behave(call);
  }
}

/** One request being answered. */
class Call {
  constructor(upstream, entry, response) {
    Object.assign(this, { upstream, entry, response });
    this.body = entry.body;
    this.head = { id: `chatcmpl-${upstream.requests.length}`, created: 1700000000, model: entry.body.model };
  }

  answer() {
    return this.body.stream ? this.stream() : this.complete();
  }

  complete() {
    const { message, finishReason, usage } = replyTo(this.body);
    this.entry.usage = usage;
    const choices = [{ index: 0, message: { ...message, refusal: null }, logprobs: null, finish_reason: finishReason }];
    this.#json(200, { ...this.head, object: 'chat.completion', choices, usage, system_fingerprint: 'fp_fake' });
  }

  /** `stubborn` sends numbers whatever it is asked for. */
  embed() {
    const answer = embeddingsOf(this.body, this.body.model !== 'stubborn');
    this.entry.usage = answer.usage;
    this.#json(200, answer);
  }

  refuse(status, error, headers = {}) {
    this.#json(status, { error }, headers);
  }

  /** Streams the answer; with `pieces` only so many of them, and then what `then` does instead of the finish (nothing: silence). */
  async stream({ pieces = Infinity, then = () => {}, beforeLast = () => {} } = {}) {
    const { message, finishReason, usage } = replyTo(this.body);
    const deltas = deltasOf(message);
    this.response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    this.response.write(': PROCESSING\n\n');
    for (const [index, delta] of deltas.entries()) {
      if (index === pieces) {
        break;
      }

      if (index === deltas.length - 1) {
        await beforeLast();
      }

      this.#chunk([{ index: 0, delta, finish_reason: null }]);
    }

    if (pieces < deltas.length) {
      // What was sent must have arrived: cutting a connection also discards what is on its way.
      await delay(arrivalMilliseconds);
      then();
      return;
    }

    this.entry.usage = usage;
    this.#chunk([{ index: 0, delta: {}, finish_reason: finishReason }]);
    if (this.body.stream_options?.include_usage) {
      this.#chunk([], { usage });
    }

    this.response.end('data: [DONE]\n\n');
  }

  #chunk(choices, more = {}) {
    this.response.write(event({ ...this.head, object: 'chat.completion.chunk', choices, ...more }));
  }

  #json(status, value, headers = {}) {
    this.response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req_of_the_vendor', ...headers });
    this.response.end(JSON.stringify(value));
  }
}

function event(value) {
  return `data: ${JSON.stringify(value)}\n\n`;
}
