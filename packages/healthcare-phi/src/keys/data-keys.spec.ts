import { generateKeyring, generateRingKey } from './keyring/generate-keyring.js';
import { Keyring } from './keyring/keyring.js';
import { LocalKeyringProvider } from './providers/local-keyring.provider.js';
import type { KeyRow } from './stores/key-store.js';
import { MemoryKeyStore } from './stores/memory-key.store.js';
import { KeyWorld, PAYLOAD, terms } from '../../test/support/key-world.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const RESTRICTED = terms({ level: 'restricted' });

/** Lets everything that is under way come to where it waits for the clock or for nothing. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('DataKeys', () => {
  let world: KeyWorld;
  beforeEach(() => {
    world = new KeyWorld();
  });

  describe.each([
    ['derived', terms()],
    ['stored', RESTRICTED],
  ])('keys of mode %s', (_, of) => {
    it('open in another process what was sealed in one', async () => {
      const [one, other] = [await world.process(), await world.process()];
      expect(await world.opened(other, await world.sealed(one, of), of)).toEqual(PAYLOAD);
    });

    it('are at hand without a promise, once they were had', async () => {
      const one = await world.process();
      const bytes = await world.sealed(one, of);
      const { storeFaults, providerFaults } = world;
      const calls = storeFaults.calls + providerFaults.calls;
      expect(one.seal.sealingKey(of)).not.toBeInstanceOf(Promise);
      expect(one.seal.openingKey(of, bytes)).not.toBeInstanceOf(Promise);
      expect(storeFaults.calls + providerFaults.calls).toBe(calls);
    });

    it('are asked for once by many callers at once', async () => {
      const one = await world.process();
      await Promise.all(Array.from({ length: 50 }, () => world.sealed(one, of)));
      expect(world.storeFaults.calls).toBeLessThanOrEqual(5); // open, two gets, two puts
      expect(world.providerFaults.calls).toBeLessThanOrEqual(2);
    });

    it('are one, where many processes make the first of an epoch at once', async () => {
      const all = await Promise.all(Array.from({ length: 8 }, () => world.process()));
      const sealed = await Promise.all(all.map((one) => world.sealed(one, of)));
      const ids = new Set(sealed.map((bytes) => bytes.toString('hex', 8, 16)));
      expect(ids.size).toBe(1);
      for (const one of all) {
        for (const bytes of sealed) expect(await world.opened(one, bytes, of)).toEqual(PAYLOAD);
      }
    });

    it('are new ones in each epoch, and open those of the last one until its entries have ended', async () => {
      const one = await world.process();
      world.clock.advance(DAY_MS / 2 - 1_000); // a second before midnight
      const before = await world.sealed(one, of);
      world.clock.advance(2_000);
      const after = await world.sealed(one, of);
      expect(after.subarray(8, 16)).not.toEqual(before.subarray(8, 16));
      const fresh = await world.process();
      expect(await world.opened(fresh, before, of)).toEqual(PAYLOAD);
      expect(await world.opened(fresh, after, of)).toEqual(PAYLOAD);
    });

    it('are gone when their epoch and all that was sealed in it have ended', async () => {
      const one = await world.process();
      await world.sealed(one, of);
      const [tenant] = one.names.pseudonyms('tenant', '', 'a') as [string];
      const rows = await world.store.list(tenant);
      expect(rows.length).toBeGreaterThan(0);
      for (const { expiresAt } of rows) {
        // Noon to midnight, the longest time to live (4 h), and twice the skew.
        expect(expiresAt).toBe(world.clock.now() + DAY_MS / 2 + 4 * 3_600_000 + 10_000);
      }
    });

    it('are of one subject, tenant and level: no other opens what they seal', async () => {
      const one = await world.process();
      const bytes = await world.sealed(one, of);
      for (const change of [
        { subject: 'patient:8' },
        { subject: null },
        { tenant: 'b' },
        { level: of.level === 'standard' ? ('sensitive' as const) : ('standard' as const) },
        { scope: 'clinic-1' },
        { template: 'other' },
        { isEmergency: true },
      ]) {
        await world.sealed(one, { ...of, ...change });
        expect(await world.opened(one, bytes, { ...of, ...change })).toBeNull();
      }
      expect(await world.opened(one, bytes, of)).toEqual(PAYLOAD);
    });

    it("are looked for within the caller's tenant only, whatever the key id says", async () => {
      const one = await world.process();
      const [mine, theirs] = [
        await world.sealed(one, of),
        await world.sealed(one, { ...of, tenant: 'b' }),
      ];
      theirs.copy(mine, 8, 8, 16);
      expect(await one.seal.openingKey(of, mine)).toBeNull();
    });

    it('reject while the key store is down and they are not at hand, without a word of its error', async () => {
      const one = await world.process();
      world.storeFaults.mode = 'down';
      const failure = (await world.sealed(one, of).catch((error: unknown) => error)) as Error;
      expect(failure).toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(JSON.stringify([failure.message, failure.stack])).not.toContain('SECRET');
    });

    it.each(['storeFaults', 'providerFaults'] as const)(
      'do not hang with %s that do not answer, and are back when those are',
      async (what) => {
        const one = await world.process();
        world[what].mode = 'hangs';
        const waiting = world.sealed(one, of).catch((error: unknown) => error);
        await settle();
        world.clock.advance(2_000);
        expect(await waiting).toMatchObject({ code: 'STORE_TIMEOUT' });
        // For a second nobody waits for what has just not answered.
        expect(await world.sealed(one, of).catch((error: unknown) => error)).toMatchObject({
          code: 'STORE_TIMEOUT',
        });
        world[what].mode = 'up';
        world.clock.advance(1_001);
        expect(await world.sealed(one, of)).toBeInstanceOf(Buffer);
      },
    );

    it('go on to serve for their time while the key store and the key provider are down', async () => {
      const one = await world.process();
      const bytes = await world.sealed(one, of);
      world.storeFaults.mode = 'down';
      world.providerFaults.mode = 'down';
      world.clock.advance(MINUTE_MS - 1);
      expect(await world.opened(one, bytes, of)).toEqual(PAYLOAD);
      expect(await world.sealed(one, of)).toBeInstanceOf(Buffer);
    });
  });

  it('has the key of the next epoch before its turn, so that nobody waits for the key store then', async () => {
    const [one, other] = [await world.process(), await world.process()];
    await world.sealed(one);
    world.clock.advance(DAY_MS / 2 - 40_000);
    await world.sealed(one);
    await settle();
    world.storeFaults.mode = 'hangs';
    world.clock.advance(50_000);
    expect(one.seal.sealingKey(terms())).not.toBeInstanceOf(Promise);
    const after = await world.sealed(one);
    world.storeFaults.mode = 'up';
    expect(await world.opened(other, after)).toEqual(PAYLOAD);
    const [tenant = ''] = await world.store.tenants();
    expect((await world.store.list(tenant)).map(({ id }) => id)).toContain(
      after.toString('hex', 8, 16),
    );
  });

  it('asks for it in the last minutes alone, and holds nothing against a key store that is down then', async () => {
    const one = await world.process();
    await world.sealed(one);
    const rows = async () =>
      (await world.store.list((await world.store.tenants())[0] ?? '')).length;
    world.clock.advance(DAY_MS / 2 - 6 * MINUTE_MS);
    await world.sealed(one);
    await settle();
    expect(await rows()).toBe(1);
    world.storeFaults.mode = 'down';
    world.clock.advance(2 * MINUTE_MS);
    await world.sealed(one);
    await settle();
    world.storeFaults.mode = 'up';
    world.clock.advance(MINUTE_MS);
    await world.sealed(one);
    await settle();
    expect(await rows()).toBe(2);
  });

  it('goes on with keys of tenants for the whole epoch while the key store is down or hangs', async () => {
    const one = await world.process();
    const bytes = await world.sealed(one);
    world.storeFaults.mode = 'down';
    world.clock.advance(10 * MINUTE_MS);
    expect(await world.opened(one, bytes)).toEqual(PAYLOAD);
    world.storeFaults.mode = 'hangs';
    world.clock.advance(2 * MINUTE_MS);
    const waiting = world.opened(one, bytes);
    await settle();
    world.clock.advance(100); // as long as a look at whether it is still there may take
    expect(await waiting).toEqual(PAYLOAD);
    expect(one.seal.sealingKey(terms())).not.toBeInstanceOf(Promise); // nobody waits again at once
  });

  it('lets go of a key of a tenant that is destroyed, however late the key store says so', async () => {
    const one = await world.process();
    const bytes = await world.sealed(one);
    const [tenant = ''] = await world.store.tenants();
    await world.store.destroyTenant(tenant);
    world.clock.advance(2 * MINUTE_MS);
    let answer = (_: null): void => undefined;
    const late = new Promise<null>((resolve) => (answer = resolve));
    jest.spyOn(world.store, 'get').mockReturnValueOnce(late);
    const waiting = world.opened(one, bytes);
    await settle();
    world.clock.advance(250);
    expect(await waiting).toEqual(PAYLOAD); // it is not known yet
    expect(one.keys.reason).toBeNull(); // slow is not down
    answer(null);
    await settle();
    expect(await world.opened(one, bytes)).toBeNull();
  });

  it('asks no store for a key of an epoch that can not be', async () => {
    const one = await world.process();
    const bytes = await world.sealed(one);
    const calls = world.storeFaults.calls;
    for (const epoch of [0, 0xffffffff, 30_000_000]) {
      bytes.writeUInt32BE(epoch, 8);
      expect(await world.opened(one, bytes)).toBeNull();
      expect(await world.opened(one, bytes, RESTRICTED)).toBeNull();
    }
    expect(world.storeFaults.calls).toBe(calls);
  });

  it('asks once a second at most for a key that is not there', async () => {
    const one = await world.process();
    const bytes = await world.sealed(one);
    bytes.writeUInt32BE(7, 12);
    const calls = world.storeFaults.calls;
    for (let i = 0; i < 20; i++) expect(await world.opened(one, bytes)).toBeNull();
    expect(world.storeFaults.calls).toBe(calls + 1);
  });

  describe('without a key store', () => {
    it('seals with keys that follow from the keyring, and says what that can not', async () => {
      const [one, other] = [
        await world.process({ store: null }),
        await world.process({ store: null }),
      ];
      expect(await world.opened(other, await world.sealed(one))).toEqual(PAYLOAD);
      expect(one.keys.shredding).toBe('unavailable');
    });

    it('refuses restricted data at start, and later', async () => {
      const one = await world.process({ store: null });
      expect(() => one.keys.assertServes('restricted')).toThrow(/CACHE_KEY_STORE_URL/);
      expect(() => one.keys.assertServes('sensitive')).not.toThrow();
      expect(() => one.seal.sealingKey(RESTRICTED)).toThrow(/CACHE_KEY_STORE_URL/);
      await expect(world.process({ store: null, subjectKeys: 'stored' })).rejects.toThrow(
        /CACHE_KEY_STORE_URL/,
      );
    });

    it('needs a kek', async () => {
      const { kek: _, ...rest } = JSON.parse(generateKeyring()) as Record<string, unknown>;
      const keyring = Keyring.parse(JSON.stringify(rest));
      const made = (): unknown => new LocalKeyringProvider(keyring);
      expect(made).toThrow(/has no kek/);
    });
  });

  it('says once, and for a minute after the last time, that keys can not be had', async () => {
    const warnings: string[] = [];
    const one = await world.process({ warn: (message) => warnings.push(message) });
    const tell = () => [warnings.length, one.keys.reason];
    await world.sealed(one);
    expect(tell()).toEqual([0, null]);
    world.storeFaults.mode = 'down';
    for (const tenant of ['b', 'c']) {
      await expect(world.sealed(one, terms({ tenant }))).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
      });
    }
    expect(tell()).toEqual([1, warnings[0]]);
    expect(warnings[0]).toContain('CACHE_KEY_STORE_URL');
    expect(warnings[0]).not.toContain('SECRET');
    world.clock.advance(60_000);
    expect(tell()).toEqual([1, null]);
    // Its key is at hand, and goes on to serve, but is not found to be there still.
    expect(await world.sealed(one)).toBeInstanceOf(Buffer);
    expect(tell()).toEqual([2, warnings[1]]);
    world.storeFaults.mode = 'up';
    world.clock.advance(60_000);
    expect(await world.sealed(one, terms({ tenant: 'b' }))).toBeInstanceOf(Buffer);
    expect(tell()).toEqual([2, null]);
  });

  it('uses no key of another tenant, whatever the key store answers', async () => {
    const store = new MemoryKeyStore(world.clock);
    const [get, putIfAbsent] = [store.get.bind(store), store.putIfAbsent.bind(store)];
    let first: KeyRow | null = null;
    store.get = async (...of) => (first ??= await get(...of));
    store.putIfAbsent = async (row) => (first ??= await putIfAbsent(row));
    const one = await world.process({ store });
    await world.sealed(one);
    const other = terms({ tenant: 'b' });
    await expect(world.sealed(one, other)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  });

  describe('while a kek is being exchanged', () => {
    const ring = JSON.parse(generateKeyring()) as { kek: [object] };
    const [old, next] = [{ ...ring.kek[0] }, generateRingKey('kek')];
    const stages = [
      [{ ...old, state: 'enabled' }],
      [{ ...old, state: 'enabled' }, next],
      [
        { ...next, state: 'enabled' },
        { ...old, state: 'decrypt-only' },
      ],
    ].map((kek) => Keyring.parse(JSON.stringify({ ...ring, kek })));
    const gone = [
      { ...next, state: 'enabled' },
      { id: (old as { id: string }).id, state: 'destroyed' },
    ];
    stages.push(Keyring.parse(JSON.stringify({ ...ring, kek: gone })));

    it.each([
      ['a key store', {}, [terms(), RESTRICTED]],
      ['no key store', { store: null }, [terms()]],
    ])(
      'opens with %s what processes of the step before and after seal',
      async (_, options, all) => {
        for (const [index, keyring] of stages.slice(0, 3).entries()) {
          const one = await world.process({ keyring, ...options });
          for (const of of all) {
            const bytes = await world.sealed(one, of);
            for (const near of stages.slice(Math.max(0, index - 1), Math.min(3, index + 2))) {
              const other = await world.process({ keyring: near, ...options });
              expect(await world.opened(other, bytes, of)).toEqual(PAYLOAD);
            }
          }
          world.clock.advance(DAY_MS);
        }
      },
    );

    it('wraps what is new with the new one, and loses what only the destroyed one can unwrap', async () => {
      const first = await world.process({ keyring: stages[0] as Keyring });
      const bytes = await world.sealed(first);
      const last = await world.process({ keyring: stages[3] as Keyring });
      expect(await last.seal.openingKey(terms(), bytes)).toBeNull();
      await expect(world.sealed(last)).rejects.toMatchObject({
        code: 'STORE_REFUSED',
        message: expect.stringContaining('destroyed'),
      });
      world.clock.advance(DAY_MS);
      expect(await world.sealed(last)).toBeInstanceOf(Buffer);
    });
  });
});
