/**
 * A batch of 1 000 beside a bare MGET with JSON.parse, in one run: `node tools/measure/batch-get.mjs [--quick]` after
 * `npm run build`. Values are JSON of 1 KiB; the process's own tier is off. Ratios are medians over interleaved rounds;
 * the budget is 1.2 x the time of the bare MGET.
 */
import { Redis } from 'ioredis';

import { CacheService } from '../../packages/core/dist/index.js';
import { RedisCacheProvider, RedisService } from '../../packages/provider-redis/dist/index.js';
import { startStore } from '../../packages/testing/dist/index.js';
import { environment, interleaved, isQuick, median, ratioOf, record, timed } from './rounds.mjs';

const ROUNDS = isQuick ? 7 : 21;
const BATCHES = isQuick ? 10 : 20; // one after another in a round
const KEYS = Array.from({ length: 1_000 }, (_, i) => `patients:${i}`);

const store = await startStore('redis');
const { url } = store;
const bare = new Redis(url);
const provider = new RedisCacheProvider(new RedisService({ url }));
const cache = new CacheService(provider, { l1MaxBytes: 0 });

const refuse = () => {
  throw new Error('a hit was expected');
};

const ways = {
  'MGET + JSON.parse': async () => (await bare.mget(KEYS)).map((text) => JSON.parse(text)),
  'batchGet(keys)': () => cache.batchGet(KEYS),
  'cacheMany(keys, load)': () => cache.cacheMany(KEYS, refuse),
};

/** Milliseconds a batch. */
async function batches(way) {
  const ms = await timed(async () => {
    for (let i = 0; i < BATCHES; i++) {
      const values = await way();
      if (values.length !== KEYS.length || values.some((value) => !value)) refuse();
    }
  });
  return ms / BATCHES;
}

try {
  await cache.start();
  for (const [i, key] of KEYS.entries()) await bare.set(key, JSON.stringify(record(i)));
  await cache.batchSet(KEYS.map((key, i) => ({ key, value: record(i), ttl: 3_600 })));
  await cache.invalidateCacheByTag('another'); // so that entries are checked, not merely newer than all records
  const measured = Object.entries(ways).map(([name, way]) => [name, () => batches(way)]);
  const results = await interleaved(ROUNDS, Object.fromEntries(measured));
  console.log(`${await environment(url)}; ${KEYS.length} keys a batch, 1 KiB each`);
  const reference = results['MGET + JSON.parse'];
  for (const [name, values] of Object.entries(results)) {
    const ms = median(values).toFixed(2).padStart(8);
    console.log(
      `${name.padEnd(24)}${ms} ms  ${ratioOf(values, reference).toFixed(2)} x the bare time`,
    );
  }
} finally {
  await cache.close();
  bare.disconnect();
  await store.stop();
}
