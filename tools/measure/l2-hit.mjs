/**
 * Hits of the shared tier at 64 concurrent callers beside bare ioredis, in one run: `node tools/measure/l2-hit.mjs
 * [--quick]` after `npm run build`. Values are JSON of 1 KiB, of two kinds. Ratios are medians over interleaved rounds; the
 * budget is 1.5 x an auto-pipelined GET with JSON.parse. "At least" is what the promises cost by themselves, without a
 * cache around them: bytes by our provider, checksum, JSON.parse, freezing. "Straight" is the same with the reads of a turn
 * as one question whose answers go straight to the callers: what no cache over this provider can be faster than. The last
 * ratio is of time on the processor, which says more than the first on a machine that does something else as well.
 */
import { Redis } from 'ioredis';

import { CacheService } from '../../packages/core/dist/index.js';
import { RedisCacheProvider, RedisService } from '../../packages/provider-redis/dist/index.js';
import { startStore } from '../../packages/testing/dist/index.js';
import { environment, interleaved, isQuick, median, ratioOf } from './rounds.mjs';
import { atLeast, gathered } from './at-least.mjs';
import { KINDS } from './values.mjs';

const ROUNDS = isQuick ? 5 : 15;
const CALLERS = 64;
const CALLS = isQuick ? 300 : 600; // of each caller in a round
const KEYS = Array.from({ length: 1_000 }, (_, i) => `patients:${i}`);

const store = await startStore('redis');
const { url } = store;
const bare = new Redis(url, { enableAutoPipelining: true });
const plain = new Redis(url);
const provider = new RedisCacheProvider(new RedisService({ url }));
const cache = new CacheService(provider, { l1MaxBytes: 0 });

let loads = 0;
/** Under a load that keeps the store from answering in time, a read goes to its loader: that is no hit. */
const load = async () => {
  loads++;
  return {};
};

const straight = gathered((names) => provider.getMany(names), atLeast);

const ways = {
  'auto-pipelined GET + JSON.parse': async (key) => JSON.parse(await bare.get(key)),
  'GET + JSON.parse': async (key) => JSON.parse(await plain.get(key)),
  'cache(key, load)': (key) => cache.cache(key, load),
  'provider.get(key)': (key) => provider.get(`vc:default:e:{${key}}`),
  straight: (key) => straight(`vc:default:e:{${key}}`),
  'at least': async (key) => atLeast(await provider.get(`vc:default:e:{${key}}`)),
};

/** Calls a second, and what one takes of this process's time on a processor, in microseconds. */
async function throughput(way) {
  let next = 0;
  const caller = async () => {
    for (let i = 0; i < CALLS; i++) {
      if (!(await way(KEYS[next++ % KEYS.length]))) throw new Error('a value was expected');
    }
  };
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const { user, system } = process.cpuUsage(before);
  const calls = CALLERS * CALLS;
  return { rate: (calls * 1e3) / (performance.now() - startedAt), cpuUs: (user + system) / calls };
}

async function measure(make) {
  for (const [i, key] of KEYS.entries()) {
    await plain.set(key, JSON.stringify(make(i)));
    await cache.cache(key, async () => make(i), { ttl: 3_600, forceRefresh: true });
  }
  await cache.settled();
  await cache.invalidateCacheByTag('another'); // so that entries are checked, not merely newer than all records
  const measured = Object.entries(ways).map(([name, way]) => [name, () => throughput(way)]);
  const results = await interleaved(ROUNDS, Object.fromEntries(measured));
  const of = (name, what) => results[name].map((result) => result[what]);
  const [reference] = Object.keys(ways);
  for (const name of Object.keys(ways)) {
    const rate = `${Math.round(median(of(name, 'rate')))}`.padStart(7);
    const ratio = ratioOf(of(name, 'rate'), of(reference, 'rate')).toFixed(2);
    const cpu = median(of(name, 'cpuUs')).toFixed(1).padStart(5);
    const cpuRatio = ratioOf(of(reference, 'cpuUs'), of(name, 'cpuUs')).toFixed(2);
    console.log(
      `${name.padEnd(32)}${rate} a second ${ratio} x ${cpu} us of this process ${cpuRatio} x`,
    );
  }
}

try {
  await cache.start();
  console.log(`${await environment(url)}; ${CALLERS} callers, 1 KiB`);
  for (const [kind, make] of Object.entries(KINDS)) {
    console.log(`\n${kind}`);
    await measure(make);
  }
  if (loads > 0) console.log(`${loads} reads were no hits`);
} finally {
  await cache.close();
  bare.disconnect();
  plain.disconnect();
  await store.stop();
}
