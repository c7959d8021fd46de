// The router's configuration for one fake vendor: two models that work and some that do not.

const troubled = [
  'broken',
  'broken-alone',
  'broken-fresh',
  'busy',
  'busy-again',
  'busy-for-long',
  'cutting',
  'ending-early',
  'failing-in-stream',
  'hanging',
  'keyless',
  'picky',
  'silent',
  'stepwise',
];

export const prices = {
  cheap: { inputPerMillion: 1, cachedInputPerMillion: 0.5, outputPerMillion: 2 },
  strong: { inputPerMillion: 10, cachedInputPerMillion: 5, outputPerMillion: 40 },
  small: { inputPerMillion: 2 },
};

const impatient = { attempts: 2, deadlineSeconds: 4, firstTokenSeconds: 0.5 };

/** The document for an upstream at `endpoint`. */
export function configurationFor(endpoint) {
  return {
    providers: { fake: { kind: 'openai', endpoint } },
    models: {
      cheap: model('fake-cheap', 0.6, prices.cheap),
      strong: model('fake-strong', 0.9, prices.strong),
      small: embedder('fake-small'),
      stubborn: embedder('stubborn'),
      ...Object.fromEntries(troubled.map((name) => [name, model(name, 0.9, { free: true })])),
    },
    routes: {
      auto: { candidates: ['cheap', 'strong'], objective: { minimumQuality: 0.5, prefer: 'cost' } },
      search: { candidates: ['small'] },
      'rescued-from-errors': { candidates: ['broken'], fallbacks: ['cheap'], limits: { ...impatient, attempts: 4 } },
      'broken-once': { candidates: ['broken-fresh'], fallbacks: ['cheap'], limits: impatient },
      'rescued-from-silence': { candidates: ['silent'], fallbacks: ['cheap'], limits: impatient },
      'rescued-before-content': { candidates: ['failing-in-stream'], fallbacks: ['cheap'], limits: impatient },
      'only-broken': { candidates: ['broken-alone'], limits: impatient },
      'only-busy': { candidates: ['busy'], limits: impatient },
      'only-busy-again': { candidates: ['busy-again'], limits: impatient },
      'only-busy-for-long': { candidates: ['busy-for-long'], limits: impatient },
      'only-keyless': { candidates: ['keyless'], limits: impatient },
      'only-budgeted': { candidates: ['cheap'] },
    },
    limits: [{ name: 'tiny', for: { route: 'only-budgeted' }, budget: { usd: 0.000001, per: 'month' } }],
  };
}

function model(name, quality, price) {
  return { price, contextWindow: 128000, capabilities: ['tools', 'json_schema'], quality: { default: quality }, deployments: [{ provider: 'fake', name }] };
}

function embedder(name) {
  return { price: prices.small, contextWindow: 8192, capabilities: ['embeddings'], deployments: [{ provider: 'fake', name }] };
}
