// What most tests stand on: a fake vendor and a router that calls it.
import { after, before, beforeEach } from 'node:test';
import { configurationFor } from './configuration.js';
import { Router } from './router.js';
import { Upstream } from './upstream.js';

/** Starts both before the file's tests and stops them afterwards; the members are there once the tests run. */
export function useScene() {
  const scene = {};
  before(async () => {
    scene.upstream = await Upstream.start();
    scene.router = await Router.start(configurationFor(scene.upstream.url));
  });
  beforeEach(() => scene.upstream.hold());
  after(async () => {
    await scene.router?.stop();
    await scene.upstream?.stop();
  });
  return scene;
}
