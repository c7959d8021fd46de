// A test that ends: what hangs fails by its own name.
import { test as unbounded } from 'node:test';

// Longer than a router may take to start, which a test of its own may wait for.
const timeout = 40000;

export function test(name, run) {
  return unbounded(name, { timeout }, run);
}
