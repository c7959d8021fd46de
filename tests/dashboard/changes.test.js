// What one can do: log in and out, issue and change keys, change the configuration, try a prompt, take note of an alert.
import assert from 'node:assert/strict';
import { test } from '../clients/support/bounded.js';
import { open, ready, stateOf, usePage, useScene } from './support/scene.js';
import { adminKey, asAdmin } from './support/traffic.js';

const scene = useScene();

test('a wrong key is refused in words, the right one opens the page', () => usePage(scene, { state: null, failures: [401] }, async (page) => {
  await page.goto(`${scene.router.origin}/dashboard#/usage?metric=cost`);
  await page.getByLabel('Key', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Key', { exact: true }).fill(adminKey);
  await page.getByLabel('Key', { exact: true }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor();
  assert.equal(await page.getByLabel('Show', { exact: true }).inputValue(), 'cost');
  assert.ok(!(await page.evaluate(() => document.cookie)).includes('session'), 'no script may read the cookie');
}));

test('logging out ends the session for good', async () => {
  const state = await stateOf(scene, adminKey);
  await usePage(scene, { state, failures: [401] }, async (page) => {
    await open(scene, page, 'overview');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('You are logged out.').waitFor();
    await page.goBack().catch(() => {});
    await page.goto(`${scene.router.origin}/dashboard#/keys`);
    await page.reload();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
  });
  await usePage(scene, { state, failures: [401] }, async (page) => {
    await page.goto(`${scene.router.origin}/dashboard`);
    await page.getByRole('button', { name: 'Log in' }).waitFor();
  });
});

test('a session that ended leads to the login, and back to where one was', async () => {
  const state = await stateOf(scene, adminKey);
  await usePage(scene, { state, failures: [401] }, async (page) => {
    await open(scene, page, 'usage?metric=cost');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('Your session has ended.').waitFor();
    await page.getByLabel('Key', { exact: true }).fill(adminKey);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor();
    assert.match(page.url(), /metric=cost/);
  });
});

test('a caller sees its own alone', async () => {
  const state = await stateOf(scene, scene.busy.keys.spent);
  await usePage(scene, { state, failures: [401, 404] }, async (page) => {
    await open(scene, page, 'overview');
    assert.deepEqual(await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents(), ['Overview', 'Requests', 'Usage', 'My key', 'Playground']);
    await open(scene, page, 'requests');
    assert.equal(await page.getByRole('table', { name: 'Requests' }).locator('tbody tr').count(), 4);
    await open(scene, page, 'usage?key=search');
    await page.getByRole('table', { name: 'Sums of the window' }).getByRole('link', { name: 'steady' }).waitFor();
    await open(scene, page, 'key');
    await page.getByRole('table', { name: 'Limits' }).getByText('key.budget.day').waitFor();
    await open(scene, page, 'keys');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    const { data: [others] } = await asAdmin(scene.router, 'v1/requests?key=search&limit=1');
    await page.goto(`${scene.router.origin}/dashboard#/requests/${others.id}`);
    await page.getByRole('alert').waitFor();
  });
});

test('a key is created, shown once, and works', () => usePage(scene, { settings: { permissions: ['clipboard-read', 'clipboard-write'] } }, async (page) => {
  await open(scene, page, 'keys');
  await page.getByRole('button', { name: 'Create a key' }).click();
  await page.getByLabel('Name').fill('made-here');
  await page.getByLabel('Tier').selectOption('pro');
  await page.getByLabel('Budget, USD').fill('2.5');
  await page.getByLabel('Requests a minute').fill('30');
  await page.getByLabel('Tags').fill('team=search, stage=live');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const secret = await page.getByLabel('Key', { exact: true }).textContent();
  assert.match(secret, /^sr-\w{40,}$/);
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
  // Escape does not lose what is shown once.
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.ok(!(await page.content()).includes(secret));

  const row = page.getByRole('table', { name: 'Issued keys' }).getByRole('row', { name: /^made-here/ });
  assert.match(await row.textContent(), /pro.*30 requests a minute.*\$0 of \$2\.50 a month/);
  assert.match(await row.textContent(), /team=search stage=live/);
  assert.equal(await statusWith(secret), 200);
  await page.reload();
  await ready(page);
  assert.ok(!(await page.content()).includes(secret));
}));

test('what is wrong with a key is said in the form', () => usePage(scene, { failures: [400, 409] }, async (page) => {
  await open(scene, page, 'keys');
  await page.getByRole('button', { name: 'Create a key' }).click();
  await page.getByLabel('Name').fill('search');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  assert.equal(await page.getByLabel('Name').inputValue(), 'search');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.locator('dialog').waitFor({ state: 'detached' });
}));

test('a key is rotated, disabled, enabled and deleted', () => usePage(scene, {}, async (page) => {
  const { key } = await asAdmin(scene.router, 'v1/admin/keys', { method: 'POST', body: { name: 'changing' } });
  await open(scene, page, 'keys');
  await page.getByRole('button', { name: 'Rotate changing' }).click();
  await page.getByLabel(/^Hours for which/).fill('0');
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
  const second = await page.getByLabel('Key', { exact: true }).textContent();
  await page.getByRole('button', { name: 'I have stored it' }).click();
  assert.deepEqual([await statusWith(key), await statusWith(second)], [401, 200]);

  await page.getByRole('button', { name: 'Disable changing' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('row', { name: /^changing disabled/ }).waitFor();
  assert.equal(await statusWith(second), 401);
  await page.getByRole('button', { name: 'Enable changing' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('row', { name: /^changing accepted/ }).waitFor();
  assert.equal(await statusWith(second), 200);

  await page.getByRole('button', { name: 'Delete changing' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('row', { name: /^changing/ }).waitFor();
  await page.getByRole('button', { name: 'Delete changing' }).click();
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await page.getByRole('row', { name: /^changing/ }).waitFor({ state: 'detached' });
  assert.equal(await statusWith(second), 401);
}));

test('an older version is compared, activated, and left again', () => usePage(scene, {}, async (page) => {
  const [older, active] = scene.busy.versions;
  await open(scene, page, 'routes');
  await page.getByRole('link', { name: `Show and compare ${older}` }).click();
  await page.getByRole('table', { name: 'Differences' }).getByText('records.keepDays').waitFor();
  await page.getByRole('button', { name: `Activate ${older}` }).click();
  await page.getByRole('dialog').getByText('records.keepDays').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click();
  await page.getByRole('row', { name: new RegExp(`^${older} active`) }).waitFor();
  await page.getByRole('button', { name: `Activate ${active}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click();
  await page.getByRole('row', { name: new RegExp(`^${active} active`) }).waitFor();
}));

test('a configuration with errors changes nothing and names them all; without, it becomes active', () => usePage(scene, { failures: [400, 422] }, async (page) => {
  await open(scene, page, 'routes');
  await page.getByRole('link', { name: 'Change it' }).click();
  const text = page.getByLabel(/^The text of version/);
  const written = JSON.parse(await text.inputValue());
  await text.fill(JSON.stringify({ ...written, routes: { ...written.routes, auto: { candidates: ['swfit', 'staedy'] } } }));
  await page.getByRole('button', { name: 'Check and activate' }).click();
  const said = page.getByRole('region', { name: 'Change the configuration' }).getByRole('alert');
  await said.waitFor();
  assert.match(await said.textContent(), /swfit[\s\S]*staedy/);
  assert.equal((await asAdmin(scene.router, 'v1/admin/configuration')).routes.auto.candidates[0], 'swift');

  await text.fill(JSON.stringify({ ...written, routes: { ...written.routes, added: { candidates: ['steady'] } } }, null, 2));
  await page.getByLabel(/^Why/).fill('A route for the test');
  await page.getByRole('button', { name: 'Check and activate' }).click();
  await page.getByRole('table', { name: 'Routes' }).getByText('added').waitFor();
  const { data: [line] } = await asAdmin(scene.router, 'v1/admin/audit?action=configuration&limit=1');
  assert.equal(line.reason, 'A route for the test');
}));

test('the plan is shown while one writes, and the prompt is run', () => usePage(scene, { failures: [401] }, async (page) => {
  await open(scene, page, 'playground');
  const plan = page.getByRole('region', { name: 'Plan' });
  await page.getByLabel('Caller', { exact: true }).selectOption('search');
  await page.waitForURL(/caller=search/);
  await plan.getByText('pro', { exact: true }).waitFor();
  await plan.getByRole('table', { name: 'Models in the order they are asked' }).waitFor();
  await page.getByLabel('What is asked').fill('Translate to French: good morning, my friends');
  await plan.getByText('translation').waitFor();

  await page.getByLabel('Caller’s key').fill('wrong');
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Caller’s key').fill(scene.busy.keys.search);
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText(/^Answer of /).waitFor();
  assert.match(await page.getByLabel('Answer', { exact: true }).textContent(), /\w+/);
  assert.ok(!(await page.content()).includes(scene.busy.keys.search));
  await page.getByRole('link', { name: /^req_/ }).waitFor();
}));

test('an alert is acknowledged', () => usePage(scene, {}, async (page) => {
  await open(scene, page, 'alerts');
  const row = page.getByRole('table', { name: 'Open alerts' }).locator('tbody tr', { has: page.getByRole('button', { name: /^Acknowledge/ }) }).first();
  const name = await row.getByRole('button').getAttribute('aria-label');
  await row.getByRole('button').click();
  await page.getByRole('button', { name, exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Open and past' }).click();
  await page.getByRole('table', { name: 'Open and past alerts' }).getByText(/^by /).first().waitFor();
}));

async function statusWith(key) {
  const response = await fetch(`${scene.router.baseURL}/models`, { headers: { authorization: `Bearer ${key}` } });
  await response.arrayBuffer();
  return response.status;
}
