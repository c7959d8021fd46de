// A test that ends: what hangs fails by its own name.
import { test as unbounded } from 'node:test';

const timeout = 10000;

export function test(name, run) {
  return unbounded(name, { timeout }, run);
}
