// Bounded waits: a test that would hang says what it was waiting for.
import { setTimeout as delay } from 'node:timers/promises';

const patienceMilliseconds = 5000;

/** Resolves once `condition` is truthy. */
export async function eventually(condition, what) {
  const deadline = Date.now() + patienceMilliseconds;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`Waited ${patienceMilliseconds} ms in vain until ${what}.`);
    }

    await delay(10);
  }
}

/** The promise's value, or an error that says what did not happen in time. */
export async function within(promise, what, milliseconds = patienceMilliseconds) {
  const cancel = new AbortController();
  const late = delay(milliseconds, undefined, { signal: cancel.signal }).then(() => {
    throw new Error(`Waited ${milliseconds} ms in vain until ${what}.`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel.abort();
    late.catch(() => {});
  }
}
