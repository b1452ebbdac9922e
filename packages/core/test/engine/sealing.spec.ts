import { createHash } from 'node:crypto';

import { xxh32 } from '@node-rs/xxhash';

import { HEADER_BYTES, seedOf } from '../../src/entry/entry-header.codec.js';
import { CacheError } from '../../src/errors/cache.error.js';
import type { CacheService } from '../../src/service/cache.service.js';
import { settle } from '../support/fake-clock.js';
import { ProtectedFleet } from '../support/protected-fleet.js';

const KEY = 'patients:ada';
const CHART = { name: 'Ada Lovelace', notes: 'positive '.repeat(400) };

describe('entries of protected data', () => {
  let fleet: ProtectedFleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new ProtectedFleet();
    cache = await fleet.protect();
  });
  afterEach(() => fleet.close());

  const read = (value: unknown, from = cache, more = {}) =>
    fleet.read(from, KEY, () => value, more);
  /** Another process, which holds nothing of its own. */
  const other = () => fleet.protect();

  /** Changes what is stored as somebody would who knows the format, and has no key. */
  function tamper(change: (bytes: Buffer) => unknown): void {
    for (const [name, bytes] of fleet.entries) {
      change(bytes);
      const end = bytes.length - 4;
      bytes.writeUInt32BE(xxh32(bytes.subarray(0, end), seedOf(name)), end);
      fleet.store.items.set(name, { value: bytes, expiresAt: Infinity });
    }
  }

  it.each([{}, { compress: true }])(
    'hold nothing of the value that can be read (%j)',
    async (more) => {
      await read(CHART, cache, more);
      const [[, bytes] = []] = fleet.entries;
      expect(bytes?.length).toBeGreaterThan(HEADER_BYTES);
      expect(bytes?.toString('latin1')).not.toMatch(/Ada|positive|notes/);
      expect(bytes?.length).toBeLessThan(more.compress ? 2_000 : 5_000);
      expect(await read('other', await other())).toMatchObject({
        value: CHART,
        outcome: 'hit',
        tier: 'l2',
      });
    },
  );

  it('say nothing of it in their header: not whether two are the same, nor how long one is', async () => {
    await read(CHART);
    await fleet.read(cache, 'patients:bob', () => CHART);
    const [one, two] = fleet.entries.map(([, bytes]) => bytes);
    const payloadAt = HEADER_BYTES + (one as Buffer).readUInt16BE(76) * 8;
    expect(one?.readUInt32BE(72)).toBe(0);
    expect(one?.readUInt32BE(64)).toBe(one?.readUInt32BE(68));
    expect(one?.readUInt16BE(32)).toBe(0x20);
    const digest = (bytes?: Buffer) =>
      createHash('sha256')
        .update(bytes?.subarray(payloadAt) ?? '')
        .digest('hex');
    expect(digest(one)).not.toBe(digest(two));
  });

  it('are checked with a number that does not give the key away', async () => {
    await read(CHART);
    const [[name, bytes] = ['', Buffer.alloc(0)]] = fleet.entries;
    const end = bytes.length - 4;
    const by = (text: string): number => xxh32(bytes.subarray(0, end), seedOf(text));
    expect(bytes.readUInt32BE(end)).toBe(by(name));
    expect(bytes.readUInt32BE(end)).not.toBe(by(`${KEY}\u001ft1/`));
  });

  it.each<[string, (bytes: Buffer) => unknown]>([
    ['position', (bytes) => bytes.writeUInt8((bytes[23] as number) + 1, 23)],
    ['time', (bytes) => bytes.writeUInt8((bytes[58] as number) + 1, 58)],
    ['tags', (bytes) => bytes.writeUInt32BE(7, HEADER_BYTES + 4)],
    ['payload', (bytes) => bytes.writeUInt8((bytes.at(-9) as number) ^ 1, bytes.length - 9)],
  ])('are refused when their %s was changed, and that is told', async (_, change) => {
    await read('v1');
    tamper(change);
    const reader = await other();
    expect(await read('v2', reader)).toMatchObject({ value: 'v2', outcome: 'miss' });
    const { faults } = await reader.status();
    expect(faults['entry-corrupt']).toBe(0);
    expect(faults['seal-refused']).toBeGreaterThan(0);
    expect(fleet.protection.seal.refused).toHaveLength(faults['seal-refused']);
  });

  it('are refused under another name, as those of another key or tenant are', async () => {
    await fleet.read(cache, 'patients:bob', () => 'of bob', { subject: { patientId: 'ada' } });
    await read('of ada');
    const [[, bob], [ada]] = fleet.entries as [[string, Buffer], [string, Buffer]];
    fleet.store.items.set(ada, { value: bob, expiresAt: Infinity });
    const reader = await other();
    expect(await read('anew', reader)).toMatchObject({ value: 'anew', outcome: 'miss' });
    expect((await reader.status()).faults['seal-refused']).toBe(0); // its checksum is of another name
    fleet.store.items.set(ada, { value: bob, expiresAt: Infinity });
    tamper(() => undefined);
    expect(await read('anew', await other())).toMatchObject({ value: 'anew', outcome: 'miss' });
    expect(fleet.protection.seal.refused.length).toBeGreaterThan(0);
  });

  it('are refused when any byte of them was changed', async () => {
    await read('v1');
    const [[name, whole] = ['', Buffer.alloc(0)]] = fleet.entries;
    const reader = await fleet.protect({ l1MaxBytes: 0 });
    const served: number[] = [];
    for (let at = 0; at < whole.length; at++) {
      fleet.store.items.clear();
      fleet.store.items.set(name, { value: Buffer.from(whole), expiresAt: Infinity });
      tamper((bytes) => (bytes[at] = (bytes[at] as number) ^ 1));
      if ((await read('anew', reader)).value !== 'anew') served.push(at);
    }
    expect(served).toEqual([4, 3, 2, 1].map((end) => whole.length - end)); // the checksum, made anew
  });

  it('can not be opened once they are over, whatever the store keeps', async () => {
    await read('v1');
    await fleet.clock.advance(601_000);
    for (const item of fleet.store.items.values()) item.expiresAt = Infinity;
    expect(await read('v2', await other())).toMatchObject({ value: 'v2', outcome: 'miss' });
  });

  it('whose key is gone are a quiet miss', async () => {
    await read('v1');
    fleet.protection.seal.lost.add('ada');
    const reader = await other();
    expect(await read('v2', reader)).toMatchObject({ value: 'v2', outcome: 'miss' });
    const { faults } = await reader.status();
    expect([faults['seal-refused'], faults['seal-failed'], faults['entry-corrupt']]).toEqual([
      0, 0, 0,
    ]);
    expect(fleet.protection.seal.refused).toEqual([]);
  });

  it('whose key can not be had now are a miss that is counted, and are not stored', async () => {
    await read('v1');
    const before = fleet.entries;
    fleet.protection.seal.failure = new CacheError('STORE_UNAVAILABLE', 'The key store is away.');
    const reader = await other();
    expect(await read('v2', reader)).toMatchObject({ value: 'v2', outcome: 'miss' });
    expect((await reader.status()).faults['seal-failed']).toBeGreaterThanOrEqual(2);
    expect(fleet.entries).toEqual(before);
    expect((await reader.status()).l1.entries).toBe(0);
    const set = await fleet.protection.as('t1', '', () => reader.set(KEY, 'v3', fleet.options));
    expect(set).toMatchObject({ recorded: true, stored: false });
  });

  it('whose key never comes hang nobody', async () => {
    fleet.protection.seal.gate = new Promise(() => undefined);
    expect(await read('v1')).toMatchObject({ value: 'v1' });
    const setting = fleet.protection.as('t1', '', () => cache.set(KEY, 'v2', fleet.options));
    await fleet.clock.advance(2_000);
    expect(await setting).toMatchObject({ recorded: true, stored: false });
    fleet.protection.seal.gate = null;
    await read('v3');
    fleet.protection.seal.gate = new Promise(() => undefined);
    const reading = read('v4', await other());
    await fleet.clock.advance(1_000);
    expect(await reading).toMatchObject({ value: 'v4' });
  });

  describe('in the own tier', () => {
    it('are held sealed, and opened anew for each caller', async () => {
      await read({ list: [1] });
      const [one, two] = [await read('x'), await read('x')];
      expect([one.tier, one.value]).toEqual(['l1', { list: [1] }]);
      expect(two.value).not.toBe(one.value);
      expect(Object.isFrozen(one.value)).toBe(true);
      const mine = await read('x', cache, { isolation: 'clone' });
      expect([Object.isFrozen(mine.value), mine.tier]).toEqual([false, 'l1']);
      expect(fleet.protection.seal.asked.opening).toBe(3);
    });

    it('are held no longer than the seal allows, then found in the store', async () => {
      await read('v1');
      await fleet.clock.advance(59_000);
      expect((await read('x')).tier).toBe('l1');
      await fleet.clock.advance(2_000);
      expect((await read('x')).tier).toBe('l2');
    });

    it('are not held at all where the seal says so', async () => {
      const more = { complianceLevel: 'restricted' } as const;
      await read('v1', cache, more);
      expect(await read('x', cache, more)).toMatchObject({ value: 'v1', tier: 'l2' });
      expect((await cache.status()).l1.entries).toBe(0);
    });

    it('are no use to anyone once their key is gone', async () => {
      await read('v1');
      fleet.protection.seal.lost.add('ada');
      expect(await read('v2')).toMatchObject({ value: 'v2', outcome: 'miss' });
    });

    it('are invalid as all others are', async () => {
      await read('v1');
      await cache.invalidateCacheByTag('patient:ada');
      expect(await read('v2')).toMatchObject({ value: 'v2', outcome: 'miss' });
    });
  });

  it('are not seen by those who do not say what they are for, and do not see what is not sealed', async () => {
    const admit = jest.spyOn(fleet.protection, 'admit');
    admit.mockImplementation((key) => ({
      key,
      tags: [],
      terms: {
        tenant: 't',
        scope: '',
        level: 'standard',
        template: 'x',
        subject: null,
        isEmergency: false,
      },
    }));
    await read('sealed');
    expect([await cache.get(KEY), await (await other()).get(KEY)]).toEqual([null, null]);
    expect(await cache.batchGet([KEY])).toEqual([null]);
    expect(await cache.probe(KEY)).toMatchObject({ verdict: 'absent' });
    expect(await cache.explain(KEY)).toMatchObject({ state: 'absent' });
    expect(await cache.cache(KEY, () => 'plain')).toBe('plain');
    await settle();
    expect(await cache.get(KEY)).toBe('plain');
    expect(await read('anew')).toMatchObject({ value: 'anew', outcome: 'miss' });
    const { faults } = await cache.status();
    expect([faults['entry-corrupt'], faults['seal-refused']]).toEqual([0, 0]);
  });

  it('keep what no JSON holds, and what a loader found missing', async () => {
    const value = { at: new Date(5), ids: new Set([1n]), bytes: Buffer.from('abc') };
    await read(value);
    expect((await read('x')).value).toEqual(value);
    expect((await read('x', await other())).value).toEqual(value);
    await fleet.read(cache, 'patients:nobody', () => null);
    expect(await fleet.read(cache, 'patients:nobody', () => 'x')).toMatchObject({ value: null });
  });

  it('are changed as one step by an update, which what was stored in between makes start again', async () => {
    await read(1);
    const inside = <T>(work: () => T): T => fleet.protection.as('t1', '', work);
    const seen: unknown[] = [];
    const reader = await other();
    const update = await inside(() =>
      cache.update<number>(
        KEY,
        async (previous) => {
          seen.push(previous);
          if (seen.length === 1) await inside(() => reader.set(KEY, 10, fleet.options));
          return (previous ?? 0) + 1;
        },
        fleet.options,
      ),
    );
    expect(update.stored).toBe(true);
    expect(seen).toEqual([1, null]); // its own record covers what the other one wrote
    expect((await read('x', await other())).value).toBe(1);
  });

  it('are told apart by an update although their headers say the same', async () => {
    await read(1);
    const reader = await other();
    const seen: unknown[] = [];
    await fleet.protection.as('t1', '', () =>
      cache.update<number>(
        KEY,
        async (previous) => {
          seen.push(previous);
          if (seen.length === 1) await read(2, reader, { forceRefresh: true });
          return (previous ?? 0) + 1;
        },
        fleet.options,
      ),
    );
    expect(seen).toEqual([1, null]);
  });

  it('let the fresh time follow how often the value changes, though nobody can tell from outside', async () => {
    const swr = { name: 'swr', when: () => false, read: () => Promise.reject(new Error('unused')) };
    const own = await fleet.protect({ strategies: [swr] });
    const more = { staleTime: 100, adaptive: { minStaleTime: 10, maxStaleTime: 400 } };
    await read('same', own, more);
    await fleet.clock.advance(101_000);
    expect(await read('same', own, more)).toMatchObject({ outcome: 'stale' });
    expect((await read('x', own, more)).freshForMs).toBe(150_000);
    await fleet.clock.advance(151_000);
    expect(await read('changed', own, more)).toMatchObject({ value: 'same', outcome: 'stale' });
    expect(await read('x', own, more)).toMatchObject({ value: 'changed', freshForMs: 75_000 });
  });
});
