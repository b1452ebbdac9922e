/**
 * What a hit of the process's own tier costs beside a bare lru-cache wrapper, in one run: `node tools/measure/l1-hit.mjs`
 * after `npm run build`. Ratios are medians of interleaved rounds; the budget is 0.7.
 */
import { LRUCache } from 'lru-cache';

import { CacheService } from '../../packages/core/dist/index.js';
import { subjectOf } from '../../packages/core/dist/validity/cover-hash.js';
import { Validity } from '../../packages/core/dist/validity/validity.js';

const ROUNDS = 9;
const CALLS = 500_000;
const KEYS = Array.from({ length: 1_000 }, (_, i) => `users:${i}`);

const lru = new LRUCache({ max: 100_000 });

/** What applications write themselves. */
async function getOrLoad(key, load) {
  const held = lru.get(key);
  if (held !== undefined) return held;
  const value = await load();
  lru.set(key, value);
  return value;
}

const stored = new Map();
const cache = new CacheService({
  get: async (key) => stored.get(key) ?? null,
  set: async (key, value) => void stored.set(key, value),
  del: async (key) => Number(stored.delete(key)),
});
const OPTIONS = Object.freeze({ ttl: 600, tags: Object.freeze(['users']) });
const load = async () => ({ id: 1, name: 'Ada', roles: ['reader'] });

const ways = {
  'bare lru-cache': (key) => getOrLoad(key, load),
  'cache(key, load)': (key) => cache.cache(key, load),
  'cache(…, constant)': (key) => cache.cache(key, load, OPTIONS),
  'cache(…, { ttl, tags })': (key) => cache.cache(key, load, { ttl: 600, tags: ['users'] }),
};

function checks() {
  const validity = new Validity(2 ** 20);
  const epoch = { stamp: 1, nonce: 1 };
  const at = (stamp, body) => ({ stamp, nonce: stamp, epoch, previous: null, body });
  validity.startAt(at(1, { kind: 'genesis' }));
  validity.lowerFloor(1);
  const subjects = KEYS.map((key) => subjectOf(key, new Uint32Array(2)));
  const fence = { epoch, position: 1 };
  const fresh = (i) => validity.verdict(subjects[i % 1_000], fence, validity.newest);
  validity.raise(at(2, { kind: 'hashes', hashes: new Uint32Array([7, 9]) }));
  const probing = (i) => validity.verdict(subjects[i % 1_000], fence, 0);
  return { 'validity check, nothing new': fresh, 'validity check, probing': probing };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

function nsSync(way) {
  const startedAt = process.hrtime.bigint();
  let odd = 0;
  for (let i = 0; i < CALLS; i++) if (way(i) !== 'valid') odd++;
  if (odd > 0) throw new Error('a check said something else');
  return Number(process.hrtime.bigint() - startedAt) / CALLS;
}

async function ns(way) {
  const startedAt = process.hrtime.bigint();
  for (let i = 0; i < CALLS; i++) await way(KEYS[i % 1_000]);
  return Number(process.hrtime.bigint() - startedAt) / CALLS;
}

await cache.start();
for (const way of Object.values(ways)) for (const key of KEYS) await way(key);
await cache.settled();

const times = {};
const parts = checks();
for (let round = 0; round <= ROUNDS; round++) {
  process.stderr.write(`\r${'█'.repeat(round)}${'░'.repeat(ROUNDS - round)} ${round}/${ROUNDS}`);
  if (round === ROUNDS) break;
  for (const [name, way] of Object.entries(ways)) (times[name] ??= []).push(await ns(way));
  for (const [name, way] of Object.entries(parts)) (times[name] ??= []).push(nsSync(way));
}
process.stderr.write('\r\x1b[K');

const bare = median(times['bare lru-cache']);
for (const [name, values] of Object.entries(times)) {
  const ratio = name in ways ? `  ${(bare / median(values)).toFixed(2)} x bare` : '';
  console.log(`${name.padEnd(28)} ${median(values).toFixed(0).padStart(5)} ns${ratio}`);
}
await cache.close();
