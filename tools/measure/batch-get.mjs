/**
 * A batch of 1 000 beside a bare MGET with JSON.parse, in one run: `node tools/measure/batch-get.mjs [--quick]` after
 * `npm run build`. Values are JSON of 1 KiB, of two kinds; the process's own tier is off. Ratios are medians over
 * interleaved rounds; the budget is 1.2 x the time of the bare MGET. "At least" is what the promises cost by themselves,
 * without a cache around them: bytes by our provider, checksum, JSON.parse, freezing.
 */
import { Redis } from 'ioredis';

import { CacheService } from '../../packages/core/dist/index.js';
import { RedisCacheProvider, RedisService } from '../../packages/provider-redis/dist/index.js';
import { startStore } from '../../packages/testing/dist/index.js';
import { environment, interleaved, isQuick, median, ratioOf, timed } from './rounds.mjs';
import { atLeast } from './at-least.mjs';
import { KINDS } from './values.mjs';

const ROUNDS = isQuick ? 7 : 21;
const BATCHES = isQuick ? 10 : 20; // one after another in a round
const KEYS = Array.from({ length: 1_000 }, (_, i) => `patients:${i}`);

const store = await startStore('redis');
const { url } = store;
const bare = new Redis(url);
const provider = new RedisCacheProvider(new RedisService({ url }));
const cache = new CacheService(provider, { l1MaxBytes: 0 });

const NAMES = KEYS.map((key) => `vc:default:e:{${key}}`);

let loads = 0;
/** Under a load that keeps the store from answering in time, what is missing is loaded: that is no hit. */
const load = async (keys) => {
  loads += keys.length;
  return keys.map(() => ({}));
};

const ways = {
  'MGET + JSON.parse': async () => (await bare.mget(KEYS)).map((text) => JSON.parse(text)),
  'batchGet(keys)': () => cache.batchGet(KEYS),
  'cacheMany(keys, load)': () => cache.cacheMany(KEYS, load),
  'at least': async () => (await provider.getMany(NAMES)).map(atLeast),
};

/** Milliseconds a batch. */
async function batches(way) {
  const ms = await timed(async () => {
    for (let i = 0; i < BATCHES; i++) {
      loads += (await way()).filter((value) => !value).length;
    }
  });
  return ms / BATCHES;
}

async function measure(make) {
  for (const [i, key] of KEYS.entries()) await bare.set(key, JSON.stringify(make(i)));
  await cache.batchSet(KEYS.map((key, i) => ({ key, value: make(i), ttl: 3_600 })));
  await cache.invalidateCacheByTag('another'); // so that entries are checked, not merely newer than all records
  const measured = Object.entries(ways).map(([name, way]) => [name, () => batches(way)]);
  const results = await interleaved(ROUNDS, Object.fromEntries(measured));
  const reference = results['MGET + JSON.parse'];
  for (const [name, values] of Object.entries(results)) {
    const ms = median(values).toFixed(2).padStart(8);
    console.log(
      `${name.padEnd(24)}${ms} ms  ${ratioOf(values, reference).toFixed(2)} x the bare time`,
    );
  }
}

try {
  await cache.start();
  console.log(`${await environment(url)}; ${KEYS.length} keys a batch, 1 KiB each`);
  for (const [kind, make] of Object.entries(KINDS)) {
    console.log(`\n${kind}`);
    await measure(make);
  }
  if (loads > 0) console.log(`${loads} keys were no hits`);
} finally {
  await cache.close();
  bare.disconnect();
  await store.stop();
}
