// Builds the router when there is no build of it yet.
import { spawnSync } from 'node:child_process';
import { projectFolder, routerDll } from './router-dll.js';

if (!routerDll()) {
  const { status } = spawnSync('dotnet', ['build', projectFolder], { stdio: 'inherit' });
  process.exit(status ?? 1);
}
