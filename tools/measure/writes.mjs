/**
 * What is written to the shared tier beside a bare client, in one run: `node tools/measure/writes.mjs [--quick]` after
 * `npm run build`. Cold misses of 64 callers against GET and SET with auto-pipelining; `batchSet` of 1 000 against a
 * pipeline of SET. Values are made anew, JSON of 1 KiB, of two kinds; the process's own tier is off, unless said
 * otherwise. In processor time, as the two cores may have other work; ratios are medians over interleaved rounds.
 */
import { Redis } from 'ioredis';

import { CacheService } from '../../packages/core/dist/index.js';
import { RedisCacheProvider, RedisService } from '../../packages/provider-redis/dist/index.js';
import { startStore } from '../../packages/testing/dist/index.js';
import { environment, interleaved, isQuick, median, ratioOf } from './rounds.mjs';
import { KINDS } from './values.mjs';

const ROUNDS = isQuick ? 7 : 21;
const CALLERS = 64;
const COUNT = 2_000; // keys of a round
const BATCH = 1_000;
const TTL_MS = 3_600_000;

const store = await startStore('redis');
const { url } = store;
const bare = new Redis(url, { enableAutoPipelining: true });
const open = (namespace, l1MaxBytes) =>
  new CacheService(new RedisCacheProvider(new RedisService({ url })), { namespace, l1MaxBytes });
const cache = open('plain', 0);
const own = open('own', 64 * 2 ** 20);

/** Keys that nobody has used. */
let used = 0;
const newKey = () => `patients:${used++}`;

/** Microseconds of processor time that one key takes. */
async function processorTime(count, work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

const callers = (once) => () =>
  processorTime(COUNT, () =>
    Promise.all(
      Array.from({ length: CALLERS }, async (_, caller) => {
        for (let i = caller; i < COUNT; i += CALLERS) await once(i);
      }),
    ),
  );
const batches = (once) => () =>
  processorTime(COUNT, async () => {
    for (let from = 0; from < COUNT; from += BATCH) await once(from);
  });

const misses = (make) => ({
  'GET, then SET': callers(async (i) => {
    const key = newKey();
    if ((await bare.get(key)) === null) await bare.set(key, JSON.stringify(make(i)), 'PX', TTL_MS);
  }),
  'cache(key, load)': callers((i) => cache.cache(newKey(), async () => make(i), { ttl: 3_600 })),
  'the same, own tier on': callers((i) => own.cache(newKey(), async () => make(i), { ttl: 3_600 })),
});
const sets = (make) => ({
  'SET, pipelined': batches(async (from) => {
    const pipeline = bare.pipeline();
    for (let i = from; i < from + BATCH; i++) {
      pipeline.set(`patients:${i}`, JSON.stringify(make(i)), 'PX', TTL_MS);
    }
    await pipeline.exec();
  }),
  'batchSet(items)': batches((from) => cache.batchSet(itemsFrom(from, make))),
  'the same, own tier on': batches((from) => own.batchSet(itemsFrom(from, make))),
});

function itemsFrom(from, make) {
  return Array.from({ length: BATCH }, (_, i) => ({
    key: `patients:${from + i}`,
    value: make(from + i),
    ttl: 3_600,
  }));
}

async function measure(ways) {
  const results = await interleaved(ROUNDS, ways);
  const reference = Object.values(results)[0];
  for (const [name, values] of Object.entries(results)) {
    const us = median(values).toFixed(1).padStart(8);
    console.log(`${name.padEnd(24)}${us} us  ${ratioOf(values, reference).toFixed(2)} x the bare`);
  }
}

try {
  await Promise.all([cache.start(), own.start()]);
  console.log(`${await environment(url)}; a key, 1 KiB each`);
  for (const [kind, make] of Object.entries(KINDS)) {
    console.log(`\n${kind}`);
    await measure(misses(make));
    await measure(sets(make));
  }
} finally {
  await Promise.all([cache.close(), own.close()]);
  bare.disconnect();
  await store.stop();
}
