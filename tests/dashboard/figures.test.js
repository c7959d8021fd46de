// What the pages show, and how one gets from one to the other.
import assert from 'node:assert/strict';
import { test } from '../clients/support/bounded.js';
import { hostileKey, hostileModel } from './support/configuration.js';
import { open, ready, useKeptPage, usePage, useScene } from './support/scene.js';
import { adminKey, asAdmin, secretPrompt } from './support/traffic.js';

const scene = useScene();

test('the overview shows the sums of the books', () => useKeptPage(scene, async (page) => {
  await open(scene, page, 'overview');
  const { data: [sum] } = await asAdmin(scene.router, `v1/usage?group_by=window&from=${lastDay()}`);

  const card = (title) => page.locator('.card').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
  assert.match(await card('Requests').locator('.card-value').textContent(), new RegExp(`^${sum.requests}(?!\\d)`));
  assert.match(await card('Failures').textContent(), new RegExp(`${sum.failures} failed request`));
  await page.getByRole('img', { name: /^Requests, last 24 hours/ }).locator('canvas').waitFor();
}));

// As Chromium has it where the system's language is "C".
test('charts are drawn where the language of the browser is none', () => usePage(scene, {}, async (page) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix' }));
  await open(scene, page, 'overview');

  await page.getByRole('img', { name: /^Requests, last 24 hours/ }).locator('canvas').waitFor();
}));

test('what is wrong now leads to where it is told', () => useKeptPage(scene, async (page) => {
  await open(scene, page, 'overview');
  const troubles = page.getByRole('region', { name: 'Wrong now' });

  await troubles.getByRole('link', { name: /sim-down/ }).first().waitFor();
  await troubles.getByRole('listitem').filter({ hasText: 'Budget used up' }).getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: 'Keys and budgets' }).waitFor();
}));

test('the window goes along from page to page, and Back goes back', () => useKeptPage(scene, async (page) => {
  await open(scene, page, 'overview');
  await page.getByLabel('Window of time').selectOption('Last hour');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Requests' }).click();
  await page.getByRole('heading', { level: 1, name: 'Requests' }).waitFor();
  assert.match(page.url(), /#\/requests\?window=1h$/);
  assert.equal(await page.getByLabel('Window of time').inputValue(), '1h');

  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.goBack();
  await page.waitForFunction(() => document.getElementById('window').value === '24h');
}));

test('requests are listed with their cost, by pages', () => useKeptPage(scene, async (page) => {
  await open(scene, page, 'requests');
  const rows = page.getByRole('table', { name: 'Requests' }).locator('tbody tr');
  assert.equal(await rows.count(), 50);
  assert.ok((await rows.allTextContents()).some((text) => /\$0\.\d+/.test(text)));

  await page.getByRole('link', { name: 'Older' }).click();
  await page.waitForURL(/after=/);
  await page.getByRole('link', { name: 'Newest' }).waitFor();
  await ready(page);
  assert.equal(await rows.count(), scene.busy.requests - 50);
  await page.goBack();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 50);
}));

test('a filter stands in the address, and a refresh keeps to it', () => useKeptPage(scene, async (page) => {
  await open(scene, page, 'requests');
  await page.getByText('Filters', { exact: true }).click();
  await page.getByLabel('Status').selectOption('error');
  await page.waitForURL(/status=error/);
  await page.locator('#filters[open]').waitFor();
  await ready(page);
  const statuses = () => page.locator('tbody tr td:nth-child(2)').allTextContents();
  const found = await statuses();
  assert.ok(found.length > 0 && found.every((text) => Number.parseInt(text, 10) >= 400), found.join());

  await page.reload();
  await ready(page);
  assert.deepEqual(await statuses(), found);
  await page.getByRole('button', { name: 'Refresh' }).click();
  await ready(page);
  assert.deepEqual(await statuses(), found);
  await page.getByRole('link', { name: 'Clear' }).click();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 50);
}));

test('the list is exported as it is filtered', () => useKeptPage(scene, async (page) => {
  await open(scene, page, 'requests?status=404');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export CSV' }).click()]);
  const text = await textOf(download);
  assert.equal(download.suggestedFilename(), 'requests.csv');
  assert.equal(text.trim().split('\n').length, 2);
  assert.match(text, /404/);
}));

test('one request tells its decision, its calls and its cost', () => useKeptPage(scene, async (page) => {
  const { data } = await asAdmin(scene.router, 'v1/requests?limit=100');
  const rescued = data.find(({ attempts }) => attempts.length > 1);
  await open(scene, page, `requests/${rescued.id}`);

  const calls = page.getByRole('table', { name: 'Calls over time' });
  assert.equal(await calls.locator('tbody tr.failed-row').count(), rescued.attempts.filter(({ outcome }) => outcome !== 'answered').length);
  assert.ok(await calls.locator('.timeline-bar.broken').first().evaluate((bar) => bar.clientWidth >= 2));
  await calls.getByText('The router').waitFor();
  await page.getByRole('region', { name: 'Decision' }).getByRole('listitem').filter({ hasText: 'answered' }).waitFor();
  await page.getByRole('table', { name: 'Tokens by kind' }).getByText('Output').waitFor();
  await page.getByRole('link', { name: rescued.config_version }).waitFor();
  await page.getByText(`/v1/requests/${rescued.id}`).waitFor();

  await page.getByRole('button', { name: 'Try this decision again' }).click();
  await page.getByText(/^It would be (the same|another one) now, under the same configuration/).waitFor();
  await page.getByRole('region', { name: 'Decision' }).getByRole('link', { name: 'playground' }).click();
  await page.getByRole('heading', { level: 1, name: 'Playground' }).waitFor();
  assert.equal(await page.getByLabel('Route or model').inputValue(), rescued.requested_model);
}));

test('usage is shown by what one chooses, and zoomed into by dragging', () => useKeptPage(scene, async (page) => {
  await open(scene, page, 'usage');
  await page.getByLabel('Show', { exact: true }).selectOption('Spend');
  await page.getByLabel('By', { exact: true }).selectOption('Key');
  await page.waitForURL(/metric=cost&by=key/);
  await page.getByRole('table', { name: 'Sums of the window' }).getByRole('link', { name: 'search' }).waitFor();
  await page.getByLabel('As', { exact: true }).selectOption('lines');
  await page.waitForURL(/lines=1/);
  await ready(page);

  const plot = await page.locator('.u-over').boundingBox();
  await page.mouse.move(plot.x + plot.width * 0.85, plot.y + 50);
  await page.mouse.down();
  await page.mouse.move(plot.x + plot.width - 3, plot.y + 60, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/from=.*&to=/);
  await page.getByText(/by the minute$/).waitFor();
  await page.goBack();
  await page.getByText(/by the hour$/).waitFor();
}));

test('the chart has a table that says the same', () => useKeptPage(scene, async (page) => {
  await open(scene, page, 'usage?by=none&window=1h');
  await page.getByText('Show as a table').click();
  const figures = await page.locator('#usage-chart-table tbody td').allTextContents();
  assert.equal(figures.length, 60);
  assert.equal(figures.reduce((sum, text) => sum + Number(text), 0), scene.busy.requests);
  // A refresh leaves it open.
  await page.getByRole('button', { name: 'Refresh' }).click();
  await ready(page);
  assert.ok(await page.locator('#usage-chart-table').evaluate((details) => details.open));
}));

test('usage compared with a model says what was saved, and is exported', () => useKeptPage(scene, async (page) => {
  await open(scene, page, 'usage?baseline=steady&metric=cost');
  await page.getByText(/would have cost \$/).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export CSV' }).click()]);
  assert.match(await textOf(download), /baseline_cost/);
}));

test('days are those of UTC wherever one is', () => usePage(scene, { settings: { timezoneId: 'Pacific/Auckland' } }, async (page) => {
  await open(scene, page, 'usage?by=none&window=30d');
  await page.getByText('Show as a table').click();
  const last = page.locator('#usage-chart-table tbody tr').last();
  const day = new Date().toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  assert.equal(await last.locator('th').textContent(), `${day} (UTC)`);
  assert.equal(await last.locator('td').textContent(), String(scene.busy.requests));
  await page.locator('tr.total-row').getByText(String(scene.busy.requests)).first().waitFor();
}));

test('times are local, with UTC where one points', () => usePage(scene, { settings: { timezoneId: 'Asia/Tokyo' } }, async (page) => {
  await open(scene, page, 'requests');
  const time = page.locator('tbody time').first();
  const [shown, utc] = [await time.textContent(), await time.getAttribute('title')];
  const hourOf = (text) => Number(/(\d\d):\d\d:\d\d/.exec(text)[1]);
  assert.match(utc, / UTC$/);
  assert.equal(hourOf(shown), (hourOf(utc) + 9) % 24);
}));

test('health names the deployment that is left alone first', () => useKeptPage(scene, async (page) => {
  await open(scene, page, 'health');
  const first = page.getByRole('table', { name: 'Deployments' }).locator('tbody tr').first();
  assert.match(await first.textContent(), /sim-down.*(not asked|on trial)/);
}));

test('names that strangers wrote stay text', () => usePage(scene, { failures: [404] }, async (page) => {
  for (const place of ['overview', 'requests', 'usage?by=key', 'usage?by=model_asked', 'usage?by=tag:team', 'keys', `usage?key=${encodeURIComponent(hostileKey)}`, `requests/${encodeURIComponent(hostileModel)}`, `playground?model=${encodeURIComponent(hostileModel)}`]) {
    await open(scene, page, place);
    assert.equal(await page.locator('#main img, #main b, #main script').count(), 0, place);
  }

  await open(scene, page, 'keys');
  await page.getByRole('link', { name: hostileKey }).waitFor();
}));

test('no page holds a secret or a prompt', () => useKeptPage(scene, async (page) => {
  const secrets = [adminKey, ...Object.values(scene.busy.keys), secretPrompt, 'heliotrope'];
  for (const place of ['overview', 'requests', 'usage', 'health', 'keys', 'routes', `routes?version=${scene.busy.versions[0]}`, 'playground', 'alerts']) {
    await open(scene, page, place);
    const html = await page.content();
    assert.deepEqual(secrets.filter((secret) => html.includes(secret)), [], place);
  }

  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).concat(Object.keys(sessionStorage)).filter((name) => !name.startsWith('router.'))), []);
}));

test('an empty window says what would be there, and how it comes there', () => useKeptPage(scene, async (page) => {
  const [from, to] = [new Date(Date.now() - 20 * 864e5), new Date(Date.now() - 19 * 864e5)].map((date) => date.toISOString());
  for (const name of ['overview', 'requests', 'usage']) {
    await open(scene, page, `${name}?from=${from}&to=${to}`);
    await page.getByText(/curl 'http.*v1\/chat\/completions/).first().waitFor();
  }
}));

test('what cannot be read is said in words, and comes back by itself', () => usePage(scene, { failures: [0] }, async (page) => {
  await open(scene, page, 'requests');
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByText('The router cannot be reached.').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('table', { name: 'Requests' }).waitFor();
}));

test('a time of no day and a window the wrong way round are no trouble', () => useKeptPage(scene, async (page) => {
  for (const query of ['window=nonsense', 'from=yesterday&to=', 'from=2026-12-02T00:00:00Z&to=2026-12-01T00:00:00Z', 'metric=nothing&by=model']) {
    await open(scene, page, `usage?${query}`);
    assert.equal(await page.getByLabel('Window of time').inputValue(), '24h');
  }

  await open(scene, page, 'no-such-page');
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
}));

/** The beginning of the last 24 hours: this one and the 23 before. */
function lastDay() {
  return new Date(Math.floor(Date.now() / 36e5) * 36e5 - 23 * 36e5).toISOString();
}

async function textOf(download) {
  const chunks = [];
  for await (const chunk of await download.createReadStream()) {
    chunks.push(chunk);
  }

  return Buffer.concat(chunks).toString();
}
