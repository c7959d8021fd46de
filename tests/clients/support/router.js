// The router as a process of its own, on a free port and in a temporary folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { routerDll } from './router-dll.js';
import { within } from './waiting.js';

const startMilliseconds = 30000;
const stopMilliseconds = 5000;

/** A running router. */
export class Router {
  #process;
  #folder;
  #output = '';

  /** Starts one with a configuration, or with the built-in one, and with what else stands on its command line and in its environment. */
  static async start(configuration, { args = [], environment = {}, patience = startMilliseconds } = {}) {
    const router = new Router();
    router.#folder = await mkdtemp(join(tmpdir(), 'router-clients-'));
    try {
      router.origin = await router.#run(configuration, args, environment, patience);
    } catch (error) {
      await router.stop();
      throw error;
    }

    return router;
  }

  get baseURL() {
    return `${this.origin}/v1`;
  }

  async stop() {
    if (this.#process && this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await within(exited, 'the router stops', stopMilliseconds).catch((error) => {
        this.#process.kill('SIGKILL');
        throw error;
      });
    }

    await rm(this.#folder, { recursive: true, force: true });
  }

  async #run(configuration, more, environment, patience) {
    const dll = routerDll();
    if (!dll) {
      throw new Error('The router is not built. Run: dotnet build src/ServerlessRouter.LocalHost');
    }

    const args = [dll, 'serve', '--urls', 'http://127.0.0.1:0', ...more];
    if (configuration) {
      const file = join(this.#folder, 'router.json');
      await writeFile(file, JSON.stringify(configuration, null, 2));
      args.push('--config', file);
    }

    this.#process = spawn('dotnet', args, { cwd: this.#folder, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    const child = this.#process;
    process.once('exit', () => child.kill('SIGKILL'));
    process.once('SIGTERM', () => process.exit(1));
    return within(this.#listening(), 'the router listens', patience).catch((error) => {
      throw new Error(`${error.message}\n${this.#output}`);
    });
  }

  #listening() {
    return new Promise((resolve, reject) => {
      const read = (text) => {
        this.#output += text;
        const address = /Listening on (http:\/\/\S+)\r?\n/.exec(this.#output);
        if (address) {
          resolve(address[1]);
        }
      };
      this.#process.stdout.setEncoding('utf8').on('data', read);
      this.#process.stderr.setEncoding('utf8').on('data', read);
      this.#process.once('error', reject);
      this.#process.once('exit', (code) => reject(new Error(`The router ended with exit code ${code}.`)));
    });
  }
}
