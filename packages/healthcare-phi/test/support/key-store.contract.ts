import { FakeClock } from '@vitalcache/testing';

import type { KeyRow, KeyStore } from '../../src/keys/stores/key-store.js';

/** Makes a store that is empty and open, on the clock if it has none of its own. */
export type MakeKeyStore = (clock: FakeClock) => Promise<KeyStore>;

/** What every key store owes. */
export function describeKeyStore(name: string, make: MakeKeyStore): void {
  describe(`${name} as a KeyStore`, () => {
    let clock: FakeClock;
    let store: KeyStore;
    const row = (change: Partial<KeyRow> = {}): KeyRow => ({
      tenant: 'tenant-A',
      name: 'tek:100',
      id: '0000006400112233',
      wrapped: Buffer.from([0, 1, 2, 255]),
      expiresAt: clock.now() + 3_600_000,
      ...change,
    });

    beforeEach(async () => {
      clock = new FakeClock(Date.now());
      store = await make(clock);
    });
    afterEach(() => store.close?.());

    it('gives a row as it was put, and none of another tenant or name', async () => {
      const put = row();
      expect(await store.putIfAbsent(put)).toEqual(put);
      expect(await store.get('tenant-A', 'tek:100')).toEqual(put);
      expect(await store.get('tenant-B', 'tek:100')).toBeNull();
      expect(await store.get('tenant-A', 'tek:101')).toBeNull();
    });

    it('takes tenants and names that differ in case only for two', async () => {
      await store.putIfAbsent(row({ tenant: 'a', id: 'aaaaaaaaaaaaaaaa' }));
      await store.putIfAbsent(row({ tenant: 'A', id: 'bbbbbbbbbbbbbbbb' }));
      expect((await store.get('a', 'tek:100'))?.id).toBe('aaaaaaaaaaaaaaaa');
      expect((await store.get('A', 'tek:100'))?.id).toBe('bbbbbbbbbbbbbbbb');
    });

    it('keeps the first of many at once, and gives that to all', async () => {
      const ids = Array.from({ length: 20 }, (_, i) => String(i).padStart(16, '0'));
      const kept = await Promise.all(ids.map((id) => store.putIfAbsent(row({ id }))));
      expect(new Set(kept.map(({ id }) => id)).size).toBe(1);
      expect((await store.get('tenant-A', 'tek:100'))?.id).toBe(kept[0]?.id);
    });

    it('destroys a row, says which, and takes a new one in its place', async () => {
      const other = row({ name: 'dek:100:x', id: 'ffffffffffffffff' });
      await store.putIfAbsent(row());
      await store.putIfAbsent(other);
      expect(await store.destroy('tenant-A', 'tek:100')).toBe('0000006400112233');
      expect(await store.destroy('tenant-A', 'tek:100')).toBeNull();
      expect(await store.get('tenant-A', 'tek:100')).toBeNull();
      expect(await store.get('tenant-A', 'dek:100:x')).toEqual(other);
      const again = row({ id: '1111111111111111' });
      expect(await store.putIfAbsent(again)).toEqual(again);
    });

    it('destroys all of a tenant, and nothing of another', async () => {
      const rows = [row(), row({ name: 'dek:100:x', id: '2222222222222222' })];
      for (const each of rows) await store.putIfAbsent(each);
      await store.putIfAbsent(row({ tenant: 'tenant-B' }));
      expect([...(await store.destroyTenant('tenant-A'))].sort()).toEqual(
        rows.map(({ id }) => id).sort(),
      );
      expect(await store.list('tenant-A')).toEqual([]);
      expect(await store.list('tenant-B')).toHaveLength(1);
      expect(await store.destroyTenant('tenant-A')).toEqual([]);
    });

    it('names the tenants that have rows, and none that has none any more', async () => {
      expect(await store.tenants()).toEqual([]);
      for (const tenant of ['tenant-A', 'tenant-B', 'a[b]*c']) {
        await store.putIfAbsent(row({ tenant }));
        await store.putIfAbsent(row({ tenant, name: 'dek:100:x', id: '2222222222222222' }));
      }
      expect([...(await store.tenants())].sort()).toEqual(['a[b]*c', 'tenant-A', 'tenant-B']);
      await store.destroyTenant('tenant-B');
      expect([...(await store.tenants())].sort()).toEqual(['a[b]*c', 'tenant-A']);
    });

    it('lists the rows of a tenant, without what is wrapped', async () => {
      const { name: rowName, id, expiresAt } = row();
      await store.putIfAbsent(row());
      await store.putIfAbsent(row({ tenant: 'tenant-B', name: 'tek:7' }));
      expect(await store.list('tenant-A')).toEqual([{ name: rowName, id, expiresAt }]);
    });

    it('has no row that has expired, and takes a new one in its place', async () => {
      await store.putIfAbsent(row({ expiresAt: clock.now() + 300 }));
      expect(await store.get('tenant-A', 'tek:100')).not.toBeNull();
      clock.advance(400);
      await new Promise((resolve) => setTimeout(resolve, 400)); // servers have clocks of their own
      expect(await store.get('tenant-A', 'tek:100')).toBeNull();
      expect(await store.list('tenant-A')).toEqual([]);
      const next = row({ id: '3333333333333333' });
      expect(await store.putIfAbsent(next)).toEqual(next);
      expect(await store.destroyTenant('tenant-A')).toEqual([next.id]);
    });
  });
}
