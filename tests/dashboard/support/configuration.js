// The router's configuration: simulated models that answer at once, one that always fails, records, a cache, and a tier with a small budget.

export const hostileKey = '<img/src=x/onerror=alert(1)>';
export const hostileModel = '<img src=x onerror=alert(2)>';

const quick = { firstTokenMilliseconds: 2, tokensPerSecond: 20000 };

export const configuration = {
  providers: {
    'sim-east': { kind: 'simulated', simulation: quick },
    'sim-west': { kind: 'simulated', simulation: quick },
    'sim-down': { kind: 'simulated', simulation: { ...quick, failureRate: 1 } },
  },
  models: {
    swift: model('sim-east', 0.62, { inputPerMillion: 0.1, cachedInputPerMillion: 0.025, outputPerMillion: 0.4 }),
    steady: model('sim-west', 0.82, { inputPerMillion: 1.25, cachedInputPerMillion: 0.125, outputPerMillion: 10 }),
    fragile: model('sim-down', 0.9, { inputPerMillion: 1, outputPerMillion: 4 }),
  },
  routes: {
    auto: { candidates: ['swift', 'steady'], objective: { minimumQuality: 0.7, prefer: 'cost' } },
    shaky: { candidates: ['fragile'], fallbacks: ['steady'], limits: { attempts: 3 } },
    repeated: { candidates: ['swift'], cache: { ttlSeconds: 3600 } },
  },
  tiers: { pro: {}, free: { routes: ['auto'] } },
  records: { keepDays: 30 },
  probes: { enabled: false },
};

function model(provider, quality, price) {
  return { price, contextWindow: 128000, capabilities: ['tools', 'json_schema'], quality: { default: quality, chat: quality + 0.1 }, deployments: [{ provider }] };
}
