import type { SealTerms } from '@vitalcache/core';

import { ownersOf } from './key-owner.js';
import type { ShredReceipt } from './shred-receipt.js';
import { MemoryKeyStore } from './stores/memory-key.store.js';
import { KeyWorld, terms, type KeyProcess } from '../../test/support/key-world.js';

const DAY_MS = 86_400_000;
const RESTRICTED = terms({ level: 'restricted' });

const destroySubject = ({ names, keys }: KeyProcess, tenant = 'a'): Promise<ShredReceipt> =>
  keys.shredder.destroySubject(ownersOf(names, tenant, 'patient:7'));
const destroyTenant = ({ names, keys }: KeyProcess, tenant = 'a'): Promise<ShredReceipt> =>
  keys.shredder.destroyTenant(ownersOf(names, tenant, null));

describe('KeyShredder', () => {
  let world: KeyWorld;
  beforeEach(() => {
    world = new KeyWorld();
  });
  /** The key's name in sealed bytes. */
  const idIn = (bytes: Buffer): string => bytes.toString('hex', 8, 16);
  const isReadable = async (bytes: Buffer, of: SealTerms, by?: KeyProcess): Promise<boolean> =>
    (await world.opened(by ?? (await world.process()), bytes, of)) !== null;

  describe('destroySubject', () => {
    it('destroys stored keys at once, for every process, and names them', async () => {
      const [one, other] = [await world.process(), await world.process()];
      const bytes = await world.sealed(one, RESTRICTED);
      expect(await isReadable(bytes, RESTRICTED, other)).toBe(true);
      const receipt = await destroySubject(one);
      expect(receipt.destroyedKeyIds).toEqual([idIn(bytes)]);
      for (const each of [one, other, await world.process()]) {
        expect(await isReadable(bytes, RESTRICTED, each)).toBe(false);
      }
      expect(receipt.inMemoryUntil).toBe(world.clock.now() + 60_000);
    });

    it('rejects for a key store that keeps what it was to destroy, of a subject and of a tenant', async () => {
      const kept = new MemoryKeyStore(world.clock);
      kept.destroy = async () => null;
      kept.destroyTenant = async () => [];
      const one = await world.process({ store: kept });
      const bytes = await world.sealed(one, RESTRICTED);
      const again = { code: 'STORE_REFUSED', message: expect.stringContaining('do it again') };
      await expect(destroySubject(one)).rejects.toMatchObject(again);
      await expect(destroyTenant(one)).rejects.toMatchObject(again);
      expect(await isReadable(bytes, RESTRICTED, one)).toBe(true); // which is why
    });

    it('destroys those of every epoch', async () => {
      const one = await world.process();
      world.clock.advance(DAY_MS / 2 - 1_000);
      const before = await world.sealed(one, RESTRICTED);
      world.clock.advance(2_000);
      const after = await world.sealed(one, RESTRICTED);
      const { destroyedKeyIds } = await destroySubject(one);
      expect([...destroyedKeyIds].sort()).toEqual([idIn(before), idIn(after)].sort());
    });

    it('says of derived keys that they are not destroyed, and when that is over', async () => {
      const one = await world.process();
      const bytes = await world.sealed(one);
      const restricted = await world.sealed(one, RESTRICTED);
      const receipt = await destroySubject(one);
      const midnight = world.clock.now() + DAY_MS / 2;
      expect(receipt).toEqual({
        at: world.clock.now(),
        tenant: one.names.pseudonym('tenant', '', 'a'),
        subject: one.names.pseudonym('subject', 'a', 'patient:7'),
        mode: 'derived',
        shredded: false,
        destroyedKeyIds: [idIn(restricted)],
        unreadableAt: midnight + 4 * 3_600_000 + 10_000,
        inMemoryUntil: world.clock.now() + 60_000,
      });
      expect(await isReadable(bytes, terms())).toBe(true); // which is what it says
      world.clock.advance((receipt.unreadableAt as number) - world.clock.now());
      expect(await (await world.process()).seal.openingKey(terms(), bytes)).toBeNull();
    });

    it('says of keys of mode stored that all is destroyed, of every level', async () => {
      const options = { subjectKeys: 'stored' } as const;
      const one = await world.process(options);
      const all = [terms(), terms({ level: 'sensitive' }), RESTRICTED];
      const sealed = await Promise.all(all.map((of) => world.sealed(one, of)));
      const receipt = await destroySubject(one);
      expect(receipt).toMatchObject({ mode: 'stored', shredded: true, unreadableAt: receipt.at });
      for (const [index, of] of all.entries()) {
        const by = await world.process(options);
        expect(await isReadable(sealed[index] as Buffer, of, by)).toBe(false);
      }
    });

    it('leaves other subjects, and the same of another tenant, alone', async () => {
      const one = await world.process();
      const others = [
        { ...RESTRICTED, subject: 'patient:77' },
        { ...RESTRICTED, subject: null },
        { ...RESTRICTED, tenant: 'b' },
      ];
      const sealed = await Promise.all(others.map((of) => world.sealed(one, of)));
      await world.sealed(one, RESTRICTED);
      await destroySubject(one);
      for (const [index, of] of others.entries()) {
        expect(await isReadable(sealed[index] as Buffer, of)).toBe(true);
      }
    });

    it('lets the subject be sealed for again, with a new key', async () => {
      const one = await world.process();
      const before = await world.sealed(one, RESTRICTED);
      await destroySubject(one);
      const after = await world.sealed(one, RESTRICTED);
      expect(idIn(after)).not.toBe(idIn(before));
      expect(await isReadable(after, RESTRICTED)).toBe(true);
    });

    it('reaches every process within a minute where word of it is lost, and says so', async () => {
      const [one, other] = [await world.process(), await world.process()];
      const bytes = await world.sealed(one, RESTRICTED);
      expect(await isReadable(bytes, RESTRICTED, other)).toBe(true);
      world.channel.isLost = true;
      const { inMemoryUntil, at } = await destroySubject(one);
      expect(inMemoryUntil).toBe(at + 60_000);
      expect(await isReadable(bytes, RESTRICTED, one)).toBe(false);
      expect(await isReadable(bytes, RESTRICTED, other)).toBe(true); // which is what it says
      world.clock.advance(60_001);
      expect(await isReadable(bytes, RESTRICTED, other)).toBe(false);
    });

    it('claims no time at which a process that has yet to hear of it can still read', async () => {
      const channel = { publish: async () => undefined, subscribe: () => () => undefined };
      const other = await world.process({ channel });
      const one = await world.process({ channel });
      const bytes = await world.sealed(one, RESTRICTED);
      expect(await isReadable(bytes, RESTRICTED, other)).toBe(true);
      const { inMemoryUntil } = await destroySubject(one);
      world.clock.advance(59_000);
      expect(await isReadable(bytes, RESTRICTED, other)).toBe(true);
      expect(inMemoryUntil).toBeGreaterThan(world.clock.now());
    });

    it('claims no time before that at which a slow key store was done', async () => {
      const { clock } = world;
      class SlowStore extends MemoryKeyStore {
        override destroy(tenant: string, name: string): Promise<string | null> {
          clock.advance(4_000);
          return super.destroy(tenant, name);
        }
      }
      const slow = new SlowStore(clock);
      const one = await world.process({ store: slow, subjectKeys: 'stored' });
      await world.sealed(one, RESTRICTED);
      const { at, unreadableAt } = await destroySubject(one);
      expect([at, unreadableAt]).toEqual([world.clock.now(), world.clock.now()]);
    });

    it('reaches them within a minute also where the clock was set back', async () => {
      const [one, other] = [await world.process(), await world.process()];
      const bytes = await world.sealed(one, RESTRICTED);
      expect(await isReadable(bytes, RESTRICTED, other)).toBe(true);
      world.channel.isLost = true;
      await destroySubject(one);
      world.clock.advance(-1_000);
      expect(await isReadable(bytes, RESTRICTED, other)).toBe(false);
    });

    it('is not outdone by a process that was just fetching the key', async () => {
      const store = new MemoryKeyStore(world.clock);
      let deliver = (): void => undefined;
      let isHeld = false;
      const slow = Object.assign(Object.create(store) as MemoryKeyStore, {
        get: async (tenant: string, name: string) => {
          const row = await store.get(tenant, name);
          const copy = row && { ...row, wrapped: Buffer.from(row.wrapped) };
          if (isHeld) await new Promise<void>((resolve) => (deliver = resolve));
          return copy;
        },
        putIfAbsent: store.putIfAbsent.bind(store),
        destroy: store.destroy.bind(store),
        list: store.list.bind(store),
      });
      const one = await world.process({ store });
      const other = await world.process({ store: slow });
      const bytes = await world.sealed(one, RESTRICTED);
      await world.sealed(other, terms()); // so that the tenant's key is at hand
      isHeld = true;
      const opening = Promise.resolve(other.seal.openingKey(RESTRICTED, bytes));
      await new Promise((resolve) => setTimeout(resolve, 5));
      isHeld = false;
      await destroySubject(one);
      deliver();
      expect(await opening).toBeNull();
      expect(await other.seal.openingKey(RESTRICTED, bytes)).toBeNull();
    });

    it('rejects while the key store is down: a receipt would be a lie', async () => {
      const one = await world.process();
      await world.sealed(one, RESTRICTED);
      world.storeFaults.mode = 'down';
      await expect(destroySubject(one)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining('do it again'),
      });
      world.storeFaults.mode = 'hangs';
      const waiting = destroySubject(one);
      await new Promise((resolve) => setTimeout(resolve, 5));
      world.clock.advance(10_000);
      await expect(waiting).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
    });

    it('says without a key store that nothing can be shredded', async () => {
      const one = await world.process({ store: null });
      const bytes = await world.sealed(one);
      expect(await destroySubject(one)).toMatchObject({
        mode: 'unavailable',
        shredded: false,
        destroyedKeyIds: [],
        unreadableAt: null,
      });
      expect(await isReadable(bytes, terms(), one)).toBe(true); // which is what it says
    });
  });

  describe('destroyTenant', () => {
    it('makes all of the tenant unreadable at once, in every process, and seals on', async () => {
      const [one, other] = [await world.process(), await world.process()];
      const all = [terms(), terms({ level: 'sensitive', subject: null }), RESTRICTED];
      const sealed = await Promise.all(all.map((of) => world.sealed(one, of)));
      const theirs = await world.sealed(one, terms({ tenant: 'b' }));
      for (const [index, of] of all.entries())
        await world.opened(other, sealed[index] as Buffer, of);
      const receipt = await destroyTenant(one);
      expect(receipt).toMatchObject({ shredded: true, subject: null, unreadableAt: receipt.at });
      expect(receipt.destroyedKeyIds).toHaveLength(2); // the tenant's of the epoch, and the subject's
      for (const [index, of] of all.entries()) {
        for (const by of [one, other, await world.process()]) {
          expect(await isReadable(sealed[index] as Buffer, of, by)).toBe(false);
        }
      }
      expect(await isReadable(theirs, terms({ tenant: 'b' }), other)).toBe(true);
      const again = await world.sealed(other);
      expect(await isReadable(again, terms(), one)).toBe(true);
    });

    it('reaches every process within a minute where word of it is lost', async () => {
      const [one, other] = [await world.process(), await world.process()];
      const bytes = await world.sealed(one);
      expect(await isReadable(bytes, terms(), other)).toBe(true);
      world.channel.isLost = true;
      expect((await destroyTenant(one)).inMemoryUntil).toBe(world.clock.now() + 60_000);
      world.clock.advance(60_001);
      const again = await world.sealed(other);
      expect(idIn(again)).not.toBe(idIn(bytes));
      expect(await isReadable(again, terms())).toBe(true);
      expect(await isReadable(bytes, terms(), other)).toBe(false);
    });
  });

  it('destroys what was sealed under another index key, while that is being exchanged', async () => {
    const { generateKeyring, generateRingKey } = await import('./keyring/generate-keyring.js');
    const { Keyring } = await import('./keyring/keyring.js');
    const ring = JSON.parse(generateKeyring()) as { index: [object] };
    const next = generateRingKey('index');
    const old = { ...ring.index[0], state: 'decrypt-only' };
    const before = Keyring.parse(JSON.stringify({ ...ring, index: [ring.index[0], next] }));
    const after = Keyring.parse(
      JSON.stringify({ ...ring, index: [{ ...next, state: 'enabled' }, old] }),
    );
    const [one, other] = [
      await world.process({ keyring: before }),
      await world.process({ keyring: after }),
    ];
    const bytes = await world.sealed(one, RESTRICTED);
    const { destroyedKeyIds } = await destroySubject(other);
    expect(destroyedKeyIds).toEqual([idIn(bytes)]);
    expect(await isReadable(bytes, RESTRICTED, one)).toBe(false);
    expect(await isReadable(await world.sealed(one, RESTRICTED), RESTRICTED, one)).toBe(true);
    expect((await destroyTenant(other)).destroyedKeyIds.length).toBeGreaterThan(0);
  });
});
