import { coverHashes } from '../../src/validity/cover-hash.js';
import { Fleet, settle } from '../support/fleet.js';
import { TestProtection } from '../support/test-protection.js';

const KEY = 'users:7';

describe('a record that nobody of the fleet made', () => {
  let fleet: Fleet;
  let lines: string[];

  beforeEach(() => {
    fleet = new Fleet();
    lines = [];
  });
  afterEach(() => fleet.close());

  async function joined(sketchSlots = 2 ** 10) {
    const say = (line: string): void => void lines.push(line);
    const logger = { debug: say, log: say, warn: say, error: say };
    return fleet.join({ logger, sketchSlots, plugins: [new TestProtection().plugin] });
  }

  it.each([
    ['hashes', { kind: 'hashes', hashes: coverHashes('key', ['other', 'third', 'fourth']) }],
    ['few hashes', { kind: 'hashes', hashes: new Uint32Array(2) }],
    ['a pattern', { kind: 'glob', pattern: 'other:*x' }],
    ['a soft pattern', { kind: 'glob', pattern: 'other:*x', isSoft: true }],
  ] as const)('covers everything: %s; is counted, and said once', async (_, coverage) => {
    const cache = await joined();
    for (const value of ['v1', 'v2', 'v3']) {
      expect(await cache.cache(KEY, () => value)).toBe(value);
      await settle();
      await fleet.store.log.append(coverage, 7);
    }
    expect((await cache.status()).faults['record-refused']).toBe(3);
    expect(lines.filter((line) => line.includes('none of us made'))).toHaveLength(1);
  });

  it('covers everything when it is one of the fleet, used again for another', async () => {
    const cache = await joined();
    await cache.invalidateCache('other');
    const [record] = await fleet.store.log.readBackwards(Number.MAX_SAFE_INTEGER, 1);
    expect(await cache.cache(KEY, () => 'v1')).toBe('v1');
    await settle();
    if (record?.body.kind !== 'hashes') throw new Error('no such record');
    await fleet.store.log.append(record.body, record.nonce);
    expect(await cache.cache(KEY, () => 'v2')).toBe('v1'); // as it was: covers what it covered
    await fleet.store.log.append(record.body, record.nonce + 1);
    expect(await cache.cache(KEY, () => 'v3')).toBe('v3');
    await settle();
    await fleet.store.log.append({ ...record.body, isSoft: true }, record.nonce);
    expect(await cache.cache(KEY, () => 'v4')).toBe('v4');
  });

  it('is also found by a process that starts later', async () => {
    const first = await joined();
    await first.cache(KEY, () => 'v1');
    await settle();
    await fleet.store.log.append({ kind: 'hashes', hashes: new Uint32Array(8) }, 7);
    const later = await joined();
    expect(await later.cache(KEY, () => 'v2')).toBe('v2');
  });

  it('is none that says clear: that covers everything anyway', async () => {
    const cache = await joined();
    await cache.cache(KEY, () => 'v1');
    await settle();
    await cache.clear();
    expect(await cache.cache(KEY, () => 'v2')).toBe('v2');
    expect((await cache.status()).faults['record-refused']).toBe(0);
  });

  it('leaves room for what vouches in records that are full', async () => {
    const cache = await joined(2 ** 20);
    await cache.cache(KEY, () => 'v1');
    await settle();
    const keys = Array.from({ length: 1_100 }, (_, i) => `bulk:${i}`);
    await Promise.all([cache.batchDelete(keys), ...keys.map((key) => cache.set(key, 1))]);
    const records = await fleet.store.log.readBackwards(Number.MAX_SAFE_INTEGER, 100);
    const lengths = records.map(({ body }) =>
      body.kind === 'hashes' ? body.hashes.length / 2 : 0,
    );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1_024);
    expect(await cache.cache(KEY, () => 'v2')).toBe('v1');
    expect((await cache.status()).faults['record-refused']).toBe(0);
  });
});
