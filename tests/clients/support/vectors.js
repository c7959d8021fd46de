// The vectors of the fake vendor: a pure function of the input, so that a test can tell what must arrive.

const usualDimensions = 12;

/** The vector of a text or of an array of token ids; every number is exact in single precision. */
export function vectorOf(input, dimensions = usualDimensions) {
  const seed = [...String(input)].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 65521, 7);
  return Array.from({ length: dimensions }, (_, place) => ((seed * (place + 1)) % 4096) / 4096 - 0.5);
}

/** The answer to a request for embeddings. */
export function embeddingsOf(body, obeysEncoding) {
  const inputs = Array.isArray(body.input) && typeof body.input[0] !== 'number' ? body.input : [body.input];
  const tokens = inputs.reduce((sum, input) => sum + (Array.isArray(input) ? input.length : input.split(' ').length), 0);
  const data = inputs.map((input, index) => {
    const vector = vectorOf(input, body.dimensions);
    return { object: 'embedding', index, embedding: obeysEncoding && body.encoding_format === 'base64' ? base64Of(vector) : vector };
  });
  return { object: 'list', data, model: body.model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

function base64Of(vector) {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}
