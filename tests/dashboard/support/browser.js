// The browser: `chromium` where it is on PATH, else the one in the package @sparticuz/chromium, which brings its libraries too.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const variable = 'DASHBOARD_BROWSER';

/** Starts it; DASHBOARD_BROWSER may be `packaged`, or the path of one. */
export async function startBrowser() {
  const chosen = process.env[variable];
  const path = chosen && chosen !== 'packaged' ? chosen : null;
  const found = path ?? (chosen === 'packaged' ? null : onPath());
  return found ? chromium.launch({ executablePath: found, args: ['--no-sandbox', '--disable-gpu'] }) : startPackaged();
}

function onPath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The package unpacks its libraries where it takes the machine for a function of Amazon's. */
async function startPackaged() {
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  packaged.setGraphicsMode = false;
  // Of its arguments those that a page cannot tell: it also has some that switch off the rules of the web.
  return chromium.launch({ executablePath: await packaged.executablePath(), args: ['--no-sandbox', '--no-zygote', '--disable-setuid-sandbox', '--disable-gpu'], env: process.env });
}
