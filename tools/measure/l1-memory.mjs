// node --expose-gc tools/measure/l1-memory.mjs [folder of the compiled core, default packages/core/dist]
// What an entry takes in L1 beside its value and its key, and how near L1's own account comes to the heap's.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const ENTRIES = 200_000;
const NOW = 1_800_000_000_000;

const folder = resolve(process.argv[2] ?? 'packages/core/dist');
const load = (path) => import(pathToFileURL(resolve(folder, path)));
const { holdEntry } = await load('entry/held-entry.js');
const { L1Cache } = await load('entry/l1.cache.js');
const { encodeValue } = await load('entry/value.codec.js');
const { coverHashes, subjectOf } = await load('validity/cover-hash.js');

if (!globalThis.gc) throw new Error('Start node with --expose-gc.');

const TERMS = { maxValueBytes: 2 ** 26, isolation: 'freeze', tenant: null };
const EPOCH = { stamp: NOW * 1000, nonce: 4_000_000_000 };

function memory() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Bytes by which memory grows while `make` runs and what it returns is alive. */
function measured(make) {
  const before = memory();
  const made = make();
  const bytes = memory() - before;
  return { made, bytes };
}

function metaOf(index, tagHashes) {
  const createdAt = NOW + index;
  return {
    fence: { epoch: EPOCH, position: EPOCH.stamp + index * 1_003 },
    createdAt,
    staleAt: createdAt + 1_800_000,
    expiresAt: createdAt + 3_600_000,
    keptUntil: createdAt + 7_200_000,
    loadMs: index % 100,
    schemaVersion: 3,
    isNegative: false,
    tagHashes,
  };
}

function fill(keys, valueOf, tags, terms = TERMS) {
  const cache = new L1Cache({ maxBytes: 2 ** 40, tenantMaxBytes: 2 ** 39 });
  keys.forEach((key, index) => {
    const tagHashes = coverHashes('tag', tags);
    const payload = encodeValue(valueOf(index), TERMS.maxValueBytes);
    const held = holdEntry(metaOf(index, tagHashes), subjectOf(key, tagHashes), payload, terms);
    held.checkedAt = held.position + 1;
    cache.put(key, held);
  });
  return cache;
}

const keys = Array.from({ length: ENTRIES }, (_, index) =>
  Buffer.from(`users:${index}`).toString(),
);
const small = (index) => ({ id: index, at: index });
const frozen = (index) => Object.freeze(JSON.parse(JSON.stringify(small(index))));
fill(keys.slice(0, 1_000), small, ['users']); // lets V8 learn the shapes

const slots = measured(() => new Array(ENTRIES).fill(null)).bytes;
const values = measured(() => keys.map((_, index) => frozen(index))).bytes - slots;
console.log(
  `${ENTRIES} entries, Node ${process.version}; bytes an entry beside its value and key:`,
);
for (const tags of [[], ['users'], ['users', 'clinic', 'staff']]) {
  const { bytes } = measured(() => fill(keys, small, tags));
  console.log(`  ${tags.length} tags: ${((bytes - values) / ENTRIES).toFixed(1)}`);
}
const { bytes: withTenant } = measured(() => fill(keys, small, [], { ...TERMS, tenant: 'a' }));
console.log(`  0 tags, of a tenant with a quota: ${((withTenant - values) / ENTRIES).toFixed(1)}`);

const each = (make) => (index) => Array.from({ length: 1_000 }, (_, i) => make(index * 1_000 + i));
const SHAPES = {
  'a small record': (index) => ({ id: `user-${index}`, name: `Name of ${index}`, age: index }),
  'empty records': each(() => ({})),
  'empty lists': each(() => []),
  'records of one number': each((n) => ({ n })),
  'records of eight': each((n) => ({ a: n, b: n, c: n, d: n, e: n, f: n, g: n, h: n })),
  'lists of one': each((n) => [n]),
  'lists in lists': each((n) => [[n]]),
  integers: each((n) => n),
  fractions: each((n) => n + 0.5),
  'short texts': each((n) => `s${n}`),
  'wide texts': each((n) => `ж${n}`),
  'users with addresses': each((n) => ({
    id: `user-${n}`,
    name: `Name of ${n}`,
    isActive: true,
    tags: [`tag-${n}`, `other-${n}`],
    address: { street: `Street of ${n}`, zip: `zip-${n}` },
  })),
  'a table by id': (index) =>
    Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`id-${index * 1_000 + i}`, i])),
  'records with names of their own': each((n) => ({ [`name-${n}`]: n })),
  'a long text': (index) => `${index}`.padEnd(20_000, 'x'),
  'records with undefined (structured)': each((n) => ({ n, gone: undefined })),
  'texts in records (structured)': each((n) => ({ text: `s${n}`, big: BigInt(n) })),
  'dates (copied)': each((n) => new Date(n)),
  'a small buffer (copied)': (index) => Buffer.alloc(16, index),
};
console.log('\nbytes an entry: claimed by L1, measured, measured / claimed');
for (const [name, valueOf] of Object.entries(SHAPES)) {
  const count = name.startsWith('a small') ? 50_000 : 100;
  const some = keys.slice(0, count);
  fill(some.slice(0, 20), valueOf, []);
  const { made, bytes } = measured(() => fill(some, valueOf, []));
  const [claimed, real] = [made.bytes / count, bytes / count];
  console.log(
    `  ${name.padEnd(36)}${claimed.toFixed(0).padStart(10)}${real.toFixed(0).padStart(10)}${(real / claimed).toFixed(2).padStart(7)}`,
  );
}

// An iterator that rests in a map keeps the tables that the map outgrows: L1 has to let go of its own.
const churned = new L1Cache({ maxBytes: 30_000_000 });
const payload = encodeValue(1, 10);
let next = 0;
const add = (count) => {
  for (let i = 0; i < count; i++) {
    const key = `k${next++}`;
    churned.put(key, holdEntry(metaOf(next, []), subjectOf(key, []), payload, TERMS));
  }
};
add(150_000);
const full = memory();
for (let round = 0; round < 10; round++) {
  for (let i = next - 50_000; i < next; i++) churned.delete(`k${i}`);
  add(49_000);
}
console.log(`\nMB more after ten rounds of invalidations: ${((memory() - full) / 1e6).toFixed(1)}`);
