import * as fc from 'fast-check';

import type { CacheService } from '../../src/service/cache.service.js';
import type { ICacheProvider } from '../../src/provider/cache-provider.js';
import { settle } from '../support/fake-clock.js';
import { ProtectedFleet } from '../support/protected-fleet.js';

const KEY = 'patients:ada';

describe('sealing, while something else happens', () => {
  let fleet: ProtectedFleet;
  let cache: CacheService;
  let comes: () => void;

  beforeEach(async () => {
    fleet = new ProtectedFleet();
    cache = await fleet.protect();
    comes = () => undefined;
  });
  afterEach(() => fleet.close());

  const read = (value: string, from = cache) => fleet.read(from, KEY, () => value);
  const set = (value: string) =>
    fleet.protection.as('t1', '', () => cache.set(KEY, value, fleet.options));

  /** From now on keys come when {@link comes} is called. */
  function holdKeys(): void {
    fleet.protection.seal.gate = new Promise<void>((resolve) => {
      comes = resolve;
    });
  }

  async function keysCome(): Promise<void> {
    fleet.protection.seal.gate = null;
    comes();
    await settle();
  }

  it('stores nothing that was invalidated before its key came, in either tier', async () => {
    holdKeys();
    expect((await read('v1')).value).toBe('v1');
    await cache.invalidateCacheByTag('patient:ada');
    await keysCome();
    expect([fleet.entries, (await cache.status()).l1.entries]).toEqual([[], 0]);
    expect((await read('v2')).value).toBe('v2');
  });

  it('stores nothing of a set that was invalidated before its key came', async () => {
    holdKeys();
    const setting = set('set');
    await settle();
    await (await fleet.protect()).invalidateCacheByPattern('patients:*');
    await keysCome();
    expect(await setting).toMatchObject({ recorded: true, stored: false });
    expect((await read('v2')).value).toBe('v2');
  });

  it.each(['l1', 'l2'])(
    'serves nothing from %s that was invalidated before its key came',
    async (tier) => {
      await read('v1');
      const from = tier === 'l1' ? cache : await fleet.protect();
      const asked = fleet.protection.seal.asked.opening;
      holdKeys();
      const reading = read('v2', from);
      await settle();
      expect(fleet.protection.seal.asked.opening).toBe(asked + 1);
      await cache.invalidateCache(KEY);
      await keysCome();
      expect((await reading).value).toBe('v2');
    },
  );

  it('serves nothing that was over before its key came', async () => {
    await read('v1');
    await fleet.clock.advance(599_900);
    holdKeys();
    const reading = read('v2', await fleet.protect());
    await settle();
    await fleet.clock.advance(150);
    await keysCome();
    expect((await reading).value).toBe('v2');
  });

  it('stores nothing in a store that lost its history meanwhile', async () => {
    holdKeys();
    await read('v1');
    await fleet.store.log.advanceEpoch((await cache.status()).journal.epoch, '1;hmac.s1', 0);
    await settle();
    await keysCome();
    expect(fleet.entries).toEqual([]);
  });

  it('gives stores no bytes but sealed ones, and none of a pool that others write to', async () => {
    const given: Uint8Array[] = [];
    const provider = fleet.store.provider();
    const noting: ICacheProvider = {
      ...provider,
      setFenced: (item, ...rest) => {
        given.push(item.value);
        return provider.setFenced?.(item, ...rest) as Promise<boolean>;
      },
    };
    fleet.store.provider = () => noting;
    const own = await fleet.protect();
    await fleet.read(own, KEY, () => ({ name: 'Ada Lovelace' }));
    await fleet.read(own, KEY, () => ({ name: 'Ada Lovelace', at: new Date() }), {
      forceRefresh: true,
      compress: true,
    });
    expect(given).toHaveLength(2);
    for (const { buffer, byteLength } of given) {
      expect(buffer.byteLength).toBe(byteLength);
      expect(Buffer.from(buffer).toString('latin1')).not.toContain('Lovelace');
    }
  });

  it('never serves what was loaded before an invalidation to a read that starts after it', async () => {
    const action = fc.oneof(
      fc.constant('read' as const),
      fc.constant('change' as const),
      fc.constant('set' as const),
      fc.constant('keys' as const),
      fc.constant('hold' as const),
    );
    const step = fc.record({ action, process: fc.nat(1), by: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const own = new ProtectedFleet();
        const caches = [await own.protect(), await own.protect()];
        let source = 0;
        let known = 0;
        let come = (): void => undefined;
        const reads: Promise<void>[] = [];
        for (const { action: what, process, by } of steps) {
          const one = caches[process] as CacheService;
          const after = known;
          if (what === 'hold') {
            own.protection.seal.gate = new Promise<void>((resolve) => (come = resolve));
          } else if (what === 'keys') {
            own.protection.seal.gate = null;
            come();
          } else if (what === 'set') {
            const value = ++source;
            void own.protection.as('t1', '', () => one.set(KEY, value, own.options));
          } else if (what === 'change') {
            const value = ++source;
            if (by === 0) await one.invalidateCache(KEY);
            else if (by === 1) await one.invalidateCacheByTag('patient:ada');
            else await one.invalidateCacheByPattern('*ada');
            known = Math.max(known, value);
          } else {
            const reading = own.protection.as('t1', '', () =>
              one.cache(KEY, () => source, own.options),
            );
            reads.push(reading.then((value) => expect(value).toBeGreaterThanOrEqual(after)));
          }
          await settle();
        }
        own.protection.seal.gate = null;
        come();
        const all = Promise.all(reads);
        await own.clock.advance(10_000);
        await all;
        await own.close();
      }),
      { numRuns: 40 },
    );
  });
});
