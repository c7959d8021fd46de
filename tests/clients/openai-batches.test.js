// OpenAI's own client: files, batches and their results.
import assert from 'node:assert/strict';
import OpenAI, { toFile } from 'openai';
import { test } from './support/bounded.js';
import { story } from './support/replies.js';
import { useScene } from './support/scene.js';

const scene = useScene();
const lookAgainMilliseconds = 50;

function connect() {
  return new OpenAI({ apiKey: 'any', baseURL: scene.router.baseURL });
}

function line(id, model = 'auto') {
  const body = { model, messages: [{ role: 'user', content: `Tell me about ${id}.` }] };
  return JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body });
}

async function upload(client, lines) {
  return client.files.create({ file: await toFile(Buffer.from(lines.join('\n')), 'requests.jsonl'), purpose: 'batch' });
}

async function end(client, batch) {
  while (!['completed', 'failed', 'cancelled', 'expired'].includes(batch.status)) {
    await new Promise((resolve) => setTimeout(resolve, lookAgainMilliseconds));
    batch = await client.batches.retrieve(batch.id);
  }

  return batch;
}

async function linesOf(client, fileId) {
  const text = await (await client.files.content(fileId)).text();
  return text.trim().split('\n').map((written) => JSON.parse(written));
}

test('a batch is answered line by line, and its errors have a file of their own', async () => {
  const client = connect();
  const file = await upload(client, [line('a'), line('b'), line('c', 'nowhere')]);
  const created = await client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    metadata: { team: 'search' },
  });

  const batch = await end(client, created);

  assert.equal(batch.status, 'completed');
  assert.deepEqual(batch.request_counts, { total: 3, completed: 2, failed: 1 });
  assert.deepEqual(batch.metadata, { team: 'search' });
  const answers = await linesOf(client, batch.output_file_id);
  assert.deepEqual(answers.map((answer) => answer.custom_id), ['a', 'b']);
  assert.equal(answers[0].response.body.choices[0].message.content, story);
  const [error] = await linesOf(client, batch.error_file_id);
  assert.equal(error.custom_id, 'c');
  assert.equal(error.response.status_code, 404);
});

test('files are described, listed page by page and deleted', async () => {
  const client = connect();
  const first = await upload(client, [line('a')]);
  const second = await upload(client, [line('b')]);

  const described = await client.files.retrieve(first.id);
  const listed = [];
  for await (const file of client.files.list({ limit: 1, purpose: 'batch' })) {
    listed.push(file.id);
  }

  assert.equal(described.filename, 'requests.jsonl');
  assert.equal(described.bytes, Buffer.byteLength(line('a')));
  assert.deepEqual(listed.slice(0, 2), [second.id, first.id]);
  assert.equal((await client.files.delete(first.id)).deleted, true);
  await assert.rejects(client.files.retrieve(first.id), { status: 404 });
});

test('batches are listed page by page and cancelled', async () => {
  const client = connect();
  const ids = [];
  for (const id of ['a', 'b', 'c']) {
    const file = await upload(client, [line(id)]);
    ids.unshift((await client.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' })).id);
  }

  const listed = [];
  for await (const batch of client.batches.list({ limit: 2 })) {
    listed.push(batch.id);
  }

  assert.deepEqual(listed.slice(0, 3), ids);
  await end(client, await client.batches.retrieve(ids[0]));
  await assert.rejects(client.batches.cancel(ids[0]), { status: 409 });
});
