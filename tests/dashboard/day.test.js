// Every page over the day that `serve --demo` brings: thousands of requests, a vendor that fails, a budget that ends.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { Router } from '../clients/support/router.js';
import { test } from '../clients/support/bounded.js';
import { startBrowser } from './support/browser.js';
import { open, useKeptPage } from './support/scene.js';

const startMilliseconds = 60000;
const scene = { state: null };

before(async () => {
  const browser = startBrowser().then((started) => { scene.browser = started; });
  scene.router = await Router.start(null, { args: ['--demo'], patience: startMilliseconds });
  await browser;
}, { timeout: startMilliseconds + 10000 });
after(async () => {
  await scene.browser?.close();
  await scene.router?.stop();
});

test('the page lets one in without asking, and tells of the whole day', () => useKeptPage(scene, async (page) => {
  await open(scene, page, 'overview');
  const requests = Number((await page.locator('.card-value').first().textContent()).replace(/,/g, '').match(/^\d+/)[0]);
  assert.ok(requests > 1000, `${requests} requests`);
  await page.getByRole('region', { name: 'Wrong now' }).getByRole('link').first().waitFor();
  await page.getByText('Show as a table').click();
  const hours = (await page.locator('#requests-chart-table tbody td:nth-child(3)').allTextContents()).filter((text) => text !== '0');
  assert.ok(hours.length >= 20, `${hours.length} hours with requests`);
}));

for (const place of ['requests', 'requests?status=error', 'usage?metric=tokens&by=key', 'usage?metric=latency_p95&by=deployment&window=6h', 'usage?metric=cost&by=task&baseline=profound', 'usage?by=status', 'health', 'keys', 'routes', 'playground', 'alerts?state=all']) {
  test(`${place} is shown whole`, () => useKeptPage(scene, async (page) => {
    await open(scene, page, place);
    assert.equal(await page.getByRole('alert').count(), 0, await page.locator('#main').innerText());
    assert.ok(await page.locator('#main tbody tr').count() > 0 || (await page.locator('#main').innerText()).length > 100);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0);
  }));
}
