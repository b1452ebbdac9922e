/**
 * What metrics, and events with and without a subscriber, add to a hit of the process's own tier:
 * `node tools/measure/metrics-hit.mjs` after `npm run build`. Medians of interleaved rounds, in CPU time, which others on
 * the machine disturb little; the budget is 100 ns.
 */
import { CacheService, onCacheEvent } from '../../packages/core/dist/index.js';
import { metricsPlugin } from '../../packages/metrics/dist/index.js';
import { interleaved, isQuick, median, ratioOf } from './rounds.mjs';

const ROUNDS = isQuick ? 5 : 15;
const CALLS = isQuick ? 200_000 : 500_000;
const KEYS = Array.from({ length: 1_000 }, (_, i) => `users:${i}`);
const OPTIONS = Object.freeze({ ttl: 600, template: 'users:{id}' });
const load = async () => ({ id: 1, name: 'Ada', roles: ['reader'] });

function cacheWith(plugins) {
  const stored = new Map();
  const provider = {
    get: async (key) => stored.get(key) ?? null,
    set: async (key, value) => void stored.set(key, value),
    del: async (key) => Number(stored.delete(key)),
  };
  return new CacheService(provider, { plugins });
}

const caches = {
  'without metrics': cacheWith([]),
  'metrics on': cacheWith([metricsPlugin({ alerts: false })]),
  'metrics on, not timed': cacheWith([metricsPlugin({ alerts: false })]),
  'metrics off': cacheWith([metricsPlugin({ alerts: false })]),
  'without metrics, a subscriber to events': cacheWith([]),
};
for (const cache of Object.values(caches)) {
  await cache.start();
  for (const key of KEYS) await cache.cache(key, load, OPTIONS);
  await cache.settled();
}
await caches['metrics on, not timed'].configure({ values: { performanceMonitoring: false } });
await caches['metrics off'].configure({ values: { metrics: false } });

const ways = Object.fromEntries(
  Object.entries(caches).map(([name, cache]) => [
    name,
    async () => {
      const end = name.includes('subscriber') ? onCacheEvent(() => undefined) : () => undefined;
      const before = process.cpuUsage();
      for (let i = 0; i < CALLS; i++) await cache.cache(KEYS[i % 1_000], load, OPTIONS);
      const { user, system } = process.cpuUsage(before);
      end();
      return ((user + system) * 1_000) / CALLS;
    },
  ]),
);
const times = await interleaved(ROUNDS, ways);
const bare = times['without metrics'];
for (const [name, values] of Object.entries(times)) {
  const added = median(values.map((ns, round) => ns - bare[round]));
  const ratio = ratioOf(values, bare);
  console.log(
    `${name.padEnd(40)} ${median(values).toFixed(0).padStart(5)} ns  ${added.toFixed(0).padStart(4)} ns more  ${ratio.toFixed(2)} x`,
  );
}
for (const cache of Object.values(caches)) await cache.close();
