/**
 * What it takes to invalidate a tag that very many entries carry, beside one that a single entry carries, in one run:
 * `node tools/measure/tag-invalidation.mjs [--quick]` after `npm run build`. The entries are real ones in the store:
 * 1 000 000, with `--quick` 50 000. Ratios are medians over interleaved rounds; the budget is the same time.
 */
import { CacheService } from '../../packages/core/dist/index.js';
import { RedisCacheProvider, RedisService } from '../../packages/provider-redis/dist/index.js';
import { startStore } from '../../packages/testing/dist/index.js';
import { environment, interleaved, isQuick, median, progress, ratioOf, timed } from './rounds.mjs';

const ENTRIES = isQuick ? 50_000 : 1_000_000;
const CHUNK = 1_000;
const ROUNDS = isQuick ? 7 : 21;
const CALLS = 50; // one after another in a round

const store = await startStore('redis');
const { url } = store;
const open = () =>
  new CacheService(new RedisCacheProvider(new RedisService({ url })), { l1MaxBytes: 0 });
const [writer, reader] = [open(), open()];

const itemsFrom = (first) =>
  Array.from({ length: CHUNK }, (_, i) => ({
    key: `visits:${first + i}`,
    value: { id: first + i },
    ttl: 86_400,
    tags: ['all'],
  }));

/** How many of some entries can still be read. */
async function found() {
  const keys = Array.from({ length: 100 }, (_, i) => `visits:${(i * ENTRIES) / 100}`);
  return (await reader.batchGet(keys)).filter((value) => value !== null).length;
}

async function invalidated(tag) {
  const { recorded } = await writer.invalidateCacheByTag(tag);
  if (!recorded) throw new Error('it was not recorded');
}

const msOf = (tag) => async () => {
  const ms = await timed(async () => {
    for (let i = 0; i < CALLS; i++) await invalidated(tag);
  });
  return ms / CALLS;
};

try {
  await Promise.all([writer.start(), reader.start()]);
  for (let first = 0; first < ENTRIES; first += CHUNK) {
    const { failed } = await writer.batchSet(itemsFrom(first));
    if (failed > 0) throw new Error(`${failed} entries were not stored`);
    progress(Math.round((first * 20) / ENTRIES), 20, `${first + CHUNK} entries`);
  }
  await writer.batchSet([{ key: 'visit', value: { id: 1 }, ttl: 86_400, tags: ['one'] }]);
  await reader.waitFor((await writer.invalidateCacheByTag('none')).stamp);
  const before = await found();
  const { stamp } = await writer.invalidateCacheByTag('all');
  await reader.waitFor(stamp);
  const after = await found();
  console.log(`${await environment(url)}; ${ENTRIES} entries with the tag`);
  console.log(`of 100 entries were found: ${before} before, ${after} after the first invalidation`);
  const results = await interleaved(ROUNDS, {
    'tag of one': msOf('one'),
    'tag of all': msOf('all'),
  });
  for (const [name, values] of Object.entries(results)) {
    const ratio = ratioOf(values, results['tag of one']).toFixed(2);
    console.log(`${name.padEnd(12)}${median(values).toFixed(3).padStart(8)} ms  ${ratio} x`);
  }
} finally {
  await Promise.all([writer.close(), reader.close()]);
  await store.stop();
}
