// How long the dashboard takes until its overview shows figures: node first-view.mjs ORIGIN ROUNDS. Prints JSON.
import { startBrowser } from '../../tests/dashboard/support/browser.js';
import { ready } from '../../tests/dashboard/support/scene.js';

const [origin, rounds] = [process.argv[2], Number(process.argv[3])];
const views = [
  { name: 'a new browser profile', isCold: true },
  { name: 'once more, with what the browser keeps', isCold: false },
];

const browser = await startBrowser();
try {
  const told = [];
  for (const { name, isCold } of views) {
    const context = isCold ? null : await browser.newContext();
    const views = [];
    // The first one of each kind starts parts of the browser.
    for (let round = -1; round < rounds; round += 1) {
      const own = context ?? await browser.newContext();
      const view = await look(own);
      if (round >= 0) {
        views.push(view);
      }

      if (isCold) {
        await own.close();
      }
    }

    await context?.close();
    told.push({ name, milliseconds: views.map(({ milliseconds }) => milliseconds), requests: views.at(-1).requests, bytes: views.at(-1).bytes });
  }

  console.log(JSON.stringify(told));
} finally {
  await browser.close();
}

/** From the address to the figures. */
async function look(context) {
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  const counted = { requests: 0, bytes: 0 };
  network.on('Network.loadingFinished', ({ encodedDataLength }) => {
    counted.requests += 1;
    counted.bytes += encodedDataLength;
  });
  await network.send('Network.enable');
  const began = performance.now();
  await page.goto(`${origin}dashboard`, { waitUntil: 'commit' });
  await page.locator('.card-value').first().waitFor();
  const figures = performance.now() - began;
  await ready(page);
  const all = performance.now() - began;
  await page.close();
  return { milliseconds: all, figures, ...counted };
}
