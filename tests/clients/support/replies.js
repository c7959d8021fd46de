// What the fake model says: a pure function of the request, so that a test can tell what must arrive.

export const story = 'The quick brown fox jumps over the lazy dog.';
export const person = { name: 'Ada', age: 36 };

/** The finished answer to a request body, with its bill. */
export function replyTo(body) {
  const { message, finishReason } = decide(body);
  return { message, finishReason, usage: bill(body, message) };
}

/** The pieces a streamed answer consists of: deltas in order, without the finish. */
export function deltasOf(message) {
  const opening = { role: 'assistant', content: message.tool_calls ? null : '' };
  if (!message.tool_calls) {
    return [opening, ...(message.content.match(/\S+\s*/g) ?? []).map((content) => ({ content }))];
  }

  return [opening, ...message.tool_calls.flatMap(toolCallDeltas)];
}

function toolCallDeltas({ id, type, function: { name, arguments: text } }, index) {
  const start = { tool_calls: [{ index, id, type, function: { name, arguments: '' } }] };
  const rest = text.match(/.{1,5}/gs).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] }));
  return [start, ...rest];
}

function decide(body) {
  const results = body.messages.filter((message) => message.role === 'tool');
  if (body.tools?.length > 0 && results.length === 0) {
    return { message: { role: 'assistant', content: null, tool_calls: callsFor(body) }, finishReason: 'tool_calls' };
  }

  return { message: { role: 'assistant', content: textFor(body, results) }, finishReason: 'stop' };
}

function callsFor(body) {
  const forced = body.tool_choice?.function?.name;
  const tool = body.tools.find((candidate) => candidate.function.name === forced) ?? body.tools[0];
  const takesCity = 'city' in tool.function.parameters.properties;
  const cities = JSON.stringify(body.messages).match(/Paris|Rome/g) ?? [];
  const inputs = takesCity ? [...new Set(cities)].map((city) => ({ city })) : [person];
  return inputs.map((input, index) => ({
    id: `call_${index + 1}`,
    type: 'function',
    function: { name: tool.function.name, arguments: JSON.stringify(input) },
  }));
}

function textFor(body, results) {
  if (results.length > 0) {
    return `The tools say: ${results.map((result) => `${result.tool_call_id}=${result.content}`).join(' ')}`;
  }

  return body.response_format && body.response_format.type !== 'text' ? JSON.stringify(person) : story;
}

function bill(body, message) {
  const promptTokens = Math.ceil(JSON.stringify(body.messages).length / 4);
  const completionTokens = deltasOf(message).length - 1;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: Math.floor(promptTokens / 2) },
    completion_tokens_details: { reasoning_tokens: 1 },
  };
}
