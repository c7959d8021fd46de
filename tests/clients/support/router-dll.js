// Where the built router is.
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const projectFolder = fileURLToPath(new URL('../../../src/ServerlessRouter.LocalHost', import.meta.url));

/** The path in ROUTER_DLL, else the newest build; undefined when there is none. */
export function routerDll() {
  if (process.env.ROUTER_DLL) {
    return process.env.ROUTER_DLL;
  }

  return ['Debug', 'Release']
    .map((configuration) => `${projectFolder}/bin/${configuration}/net10.0/ServerlessRouter.LocalHost.dll`)
    .filter((path) => existsSync(path))
    .sort((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs)[0];
}
