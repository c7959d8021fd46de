// How it looks and how it is used: both themes, a telephone and a wide screen, the keyboard alone, and those who listen.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from '../clients/support/bounded.js';
import { open, ready, stateOf, useKeptPage, usePage, useScene } from './support/scene.js';
import { adminKey } from './support/traffic.js';

const scene = useScene();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const maxBytes = 200_000;
const wide = { width: 1440, height: 900 };
const narrow = { width: 390, height: 844 };
const places = ['overview', 'requests', 'requests/REQUEST', 'usage?metric=cost', 'usage?metric=latency_p95', 'health', 'keys', 'routes', 'routes?version=VERSION', 'routes?edit=1', 'playground', 'alerts', 'alerts?state=all'];

for (const place of places) {
  test(`${place} is accessible and fits, wide and light, narrow and dark`, () => useKeptPage(scene, async (page) => {
    await open(scene, page, await named(page, place));
    for (const [size, colorScheme] of [[wide, 'light'], [narrow, 'dark']]) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, `scrolls sideways at ${size.width}`);
      assert.deepEqual(await findings(page), [], `${colorScheme}, ${size.width}`);
    }
  }));
}

test('the login and the dialogs are accessible', () => usePage(scene, { failures: [401] }, async (page) => {
  await open(scene, page, 'keys');
  for (const name of ['Create a key', 'Rotate search', 'Delete search']) {
    await page.getByRole('button', { name }).click();
    assert.deepEqual(await findings(page), [], name);
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent), name);
  }

  await page.context().clearCookies();
  await page.reload();
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  assert.deepEqual(await findings(page), []);
}));

test('everything is reached by the keyboard alone', async () => {
  const state = await stateOf(scene, adminKey);
  await usePage(scene, { state }, async (page) => {
    await open(scene, page, 'overview');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    assert.match(page.url(), /#\/overview$/);

    await page.getByRole('link', { name: 'Keys and budgets' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Keys and budgets' }).waitFor();
    await ready(page);
    const reached = [];
    for (let step = 0; step < 40 && !reached.includes('Delete search'); step += 1) {
      await page.keyboard.press('Tab');
      reached.push(await focused(page));
      assert.ok(await page.evaluate(() => document.activeElement.matches(':focus-visible') && getComputedStyle(document.activeElement).outlineStyle !== 'none'), `${reached.at(-1)} shows no focus`);
    }

    assert.ok(['Refresh', 'Create a key', 'Rotate search', 'Disable search', 'Delete search'].every((name) => reached.includes(name)), reached.join(' | '));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    for (let step = 0; step < 5; step += 1) {
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('dialog') !== null), 'the focus leaves the dialog');
    }

    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'Delete search');
  });
});

test('a refresh leaves the focus and what is typed where they are', () => useKeptPage(scene, async (page) => {
  await open(scene, page, 'keys');
  await page.getByRole('button', { name: 'Rotate search' }).focus();
  await Promise.all([page.waitForResponse(/v1\/admin\/budgets/), page.evaluate(() => document.getElementById('refresh-now').click())]);
  await ready(page);
  assert.equal(await focused(page), 'Rotate search');

  await open(scene, page, 'routes?edit=1');
  const text = page.getByLabel(/^The text of version/);
  await text.fill('{ "half": "written"');
  await Promise.all([page.waitForResponse(/versions$/), page.getByRole('button', { name: 'Refresh' }).click()]);
  await ready(page);
  assert.equal(await text.inputValue(), '{ "half": "written"');
}));

test('the chosen theme stays, and charts are drawn anew in it', () => usePage(scene, { settings: { colorScheme: 'light' } }, async (page) => {
  await open(scene, page, 'overview');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const picture = () => page.locator('.chart canvas').evaluate((canvas) => canvas.toDataURL());
  const [lightGround, lightChart] = [await ground(), await picture()];
  await page.getByRole('button', { name: 'Dark theme' }).click();
  assert.notEqual(await ground(), lightGround);
  assert.notEqual(await picture(), lightChart);
  await page.reload();
  await ready(page);
  assert.notEqual(await ground(), lightGround);
  await page.getByRole('button', { name: 'Light theme' }).click();
  assert.equal(await ground(), lightGround);
}));

test('the page refreshes by itself while it is looked at, and not under a dialog', () => usePage(scene, {}, async (page) => {
  await page.clock.install();
  await page.goto(`${scene.router.origin}/dashboard#/keys`);
  await ready(page);
  await page.getByLabel('Refresh by itself').selectOption('every 10 s');
  await Promise.all([page.waitForResponse(/v1\/admin\/keys/), page.clock.runFor(11_000)]);
  await ready(page);
  await page.getByRole('button', { name: 'Create a key' }).click();
  await page.getByRole('dialog').waitFor();
  let asked = 0;
  page.on('request', () => { asked += 1; });
  await page.clock.runFor(30_000);
  assert.equal(asked, 0);
}));

test('the whole page is small, and all of it is its own', () => usePage(scene, {}, async (page) => {
  const bodies = new Map();
  page.on('response', async (response) => {
    if (response.url().includes('/dashboard')) {
      bodies.set(response.url(), response.body().then((body) => body.length, () => 0));
    }
  });
  await open(scene, page, 'usage');
  const bytes = (await Promise.all(bodies.values())).reduce((sum, length) => sum + length, 0);
  assert.ok(bytes > 50_000 && bytes <= maxBytes, `${bytes} bytes`);
}));

async function named(page, place) {
  const [version] = scene.busy.versions;
  const request = place.includes('REQUEST') ? (await page.request.get(`${scene.router.origin}/v1/requests?limit=1`).then((answer) => answer.json())).data[0].id : '';
  return place.replace('VERSION', version).replace('REQUEST', request);
}

async function findings(page) {
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.evaluate(axe);
  }

  return page.evaluate(async () => (await window.axe.run({ resultTypes: ['violations'] })).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' ; ')}`));
}

function focused(page) {
  return page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent);
}
