// A vendor with Anthropic's Messages API that always says the same: signed thinking, a text with a source, and two tool calls that are open together.
import { once } from 'node:events';
import { createServer } from 'node:http';

export const said = {
  thinking: 'Both cities. 🌍',
  signature: 'c2lnbmF0dXJl',
  text: 'I look it up 🔎.',
  source: { url: 'https://weather.test/', title: 'Weather' },
  calls: [
    { id: 'toolu_1', name: 'weather', input: { city: 'Paris' } },
    { id: 'toolu_2', name: 'weather', input: { city: 'Rome' } },
  ],
  usage: { input_tokens: 900, cache_read_input_tokens: 100, cache_creation_input_tokens: 0, output_tokens: 50 },
};

const citation = { type: 'web_search_result_location', ...said.source, cited_text: 'Sunny.', encrypted_index: 'ZQ==' };
const envelope = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-test', stop_sequence: null };
export const message = {
  ...envelope,
  content: [
    { type: 'thinking', thinking: said.thinking, signature: said.signature },
    { type: 'redacted_thinking', data: 'ZGF0YQ==' },
    { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'weather' } },
    { type: 'text', text: said.text, citations: [citation] },
    ...said.calls.map((call) => ({ type: 'tool_use', ...call })),
  ],
  stop_reason: 'tool_use',
  usage: said.usage,
};

const start = (index, content_block) => ({ type: 'content_block_start', index, content_block });
const delta = (index, part) => ({ type: 'content_block_delta', index, delta: part });
const stop = (index) => ({ type: 'content_block_stop', index });
const piece = (index, partial_json) => delta(index, { type: 'input_json_delta', partial_json });
const events = [
  { type: 'message_start', message: { ...envelope, content: [], stop_reason: null, usage: { ...said.usage, output_tokens: 1 } } },
  start(0, { type: 'thinking', thinking: '', signature: '' }),
  { type: 'ping' },
  delta(0, { type: 'thinking_delta', thinking: 'Both cities. \ud83c' }),
  delta(0, { type: 'thinking_delta', thinking: '\udf0d' }),
  delta(0, { type: 'signature_delta', signature: said.signature }),
  stop(0),
  start(1, { type: 'redacted_thinking', data: 'ZGF0YQ==' }),
  stop(1),
  start(2, { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: {} }),
  piece(2, '{"query":"weather"}'),
  stop(2),
  start(3, { type: 'text', text: '', citations: [] }),
  delta(3, { type: 'citations_delta', citation }),
  delta(3, { type: 'text_delta', text: 'I look it up \ud83d' }),
  delta(3, { type: 'text_delta', text: '\udd0e.' }),
  stop(3),
  start(4, { type: 'tool_use', ...said.calls[0], input: {} }),
  start(5, { type: 'tool_use', ...said.calls[1], input: {} }),
  piece(4, '{"city":'),
  piece(5, '{"city":'),
  piece(5, '"Rome"}'),
  piece(4, '"Paris"}'),
  stop(5),
  stop(4),
  { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: said.usage.output_tokens } },
  { type: 'message_stop' },
];

/** A running one. */
export class Claude {
  requests = [];
  #server;

  static async start() {
    const claude = new Claude();
    claude.#server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request.setEncoding('utf8')) {
        text += chunk;
      }

      const body = JSON.parse(text);
      claude.requests.push({ headers: request.headers, body });
      if (body.stream) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
      } else {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(message));
      }
    });
    claude.#server.listen(0, '127.0.0.1');
    await once(claude.#server, 'listening');
    return claude;
  }

  /** A router's configuration with this vendor's model behind `auto`. */
  get configuration() {
    return {
      providers: { vendor: { kind: 'anthropic', endpoint: `http://127.0.0.1:${this.#server.address().port}/`, credential: 'none' } },
      models: { claude: { price: { free: true }, contextWindow: 200000, capabilities: ['tools', 'reasoning'], deployments: [{ provider: 'vendor', name: 'claude-test' }] } },
      routes: { auto: { candidates: ['claude'] } },
    };
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
