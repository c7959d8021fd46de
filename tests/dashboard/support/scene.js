// What the tests stand on: a busy router, a browser, and pages whose every misstep is noticed.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './browser.js';
import { adminKey, startBusyRouter } from './traffic.js';

const patience = 10000;
const viewport = { width: 1440, height: 900 };

/** Starts them before the file's tests and stops them afterwards. */
export function useScene() {
  const scene = {};
  before(async () => {
    const browser = startBrowser().then((started) => { scene.browser = started; });
    scene.busy = await startBusyRouter();
    scene.router = scene.busy.router;
    await browser;
    scene.state = await stateOf(scene, adminKey);
  }, { timeout: 60000 });
  after(async () => {
    await scene.browser?.close();
    await scene.router?.stop();
  });
  return scene;
}

/** The cookies of a session that a key opened. */
export async function stateOf(scene, key) {
  return usePage(scene, { state: null, failures: [401] }, async (page) => {
    await page.goto(`${scene.router.origin}/dashboard#/playground`);
    await page.getByLabel('Key', { exact: true }).fill(key);
    await page.getByRole('button', { name: 'Log in' }).click();
    await ready(page);
    return page.context().storageState();
  });
}

/**
 * Opens a page in a session, and afterwards asserts that nothing went wrong on it.
 * @param {object} scene
 * @param {object} options
 * @param {object | null} [options.state] The session; null for none.
 * @param {number[]} [options.failures] The statuses of failed answers that are meant to come.
 * @param {object} [options.settings] Of the browser's context: size, theme, zone.
 */
export async function usePage(scene, { state = scene.state, failures = [], settings = {} }, use) {
  const opened = await openPage(scene, state, failures, settings);
  try {
    return await watched(opened, use);
  } finally {
    await opened.page.context().close();
  }
}

/** The same on one page that is kept for the tests after this one, which spares each a second: for those that change nothing but where it is, its size and its theme. */
export async function useKeptPage(scene, use) {
  scene.kept ??= await openPage(scene, scene.state, [], {});
  const { page } = scene.kept;
  try {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: null });
    return await watched(scene.kept, use);
  } catch (error) {
    scene.kept = undefined;
    await page.context().close();
    throw error;
  }
}

async function openPage(scene, state, failures, settings) {
  const context = await scene.browser.newContext({ viewport, locale: 'en-GB', reducedMotion: 'reduce', timezoneId: 'Europe/Berlin', storageState: state ?? undefined, ...settings });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  return { page, missteps: watch(page, scene.router.origin, failures) };
}

async function watched({ page, missteps }, use) {
  try {
    const result = await use(page);
    assert.deepEqual(missteps, []);
    return result;
  } catch (error) {
    if (missteps.length > 0 && error.code !== 'ERR_ASSERTION') {
      error.message += `\nOn the page: ${missteps.join('\n')}`;
    }

    throw error;
  }
}

/** Opens a place of the dashboard and waits for its figures: by its address, and on a page that is open as a link does. */
export async function open(scene, page, place) {
  const hash = `#/${place}`;
  const isInside = await page.evaluate((hash) => {
    const read = document.querySelector('.shell .updated');
    if (!read) {
      return false;
    }

    read.textContent = '';
    if (location.hash === hash) {
      document.getElementById('refresh-now').click();
    } else {
      location.hash = hash;
    }

    return true;
  }, hash);
  if (!isInside) {
    await page.goto(`${scene.router.origin}/dashboard${hash}`);
  }

  await ready(page);
}

/** Everything that is read has come. */
export async function ready(page) {
  await page.getByText(/^Read at /).waitFor();
  await page.waitForFunction(() => !document.querySelector('[aria-busy]') && !document.body.textContent.includes('Reading…'));
}

function watch(page, origin, failures) {
  const missteps = [];
  page.on('pageerror', (error) => missteps.push(`error: ${error.stack}`));
  page.on('console', (message) => {
    const isMeant = failures.some((status) => message.text().includes(`status of ${status} `)) || (failures.includes(0) && message.text().includes('ERR_INTERNET_DISCONNECTED'));
    if (['error', 'warning'].includes(message.type()) && !isMeant) {
      missteps.push(`console: ${message.text()} ${message.location().url}`);
    }
  });
  page.on('dialog', (dialog) => {
    missteps.push(`a script of a stranger ran: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && request.url() !== 'about:blank') {
      missteps.push(`asked another origin: ${request.url()}`);
    }
  });
  return missteps;
}
