import { journalKey, type RedisCacheProvider } from '../../src/index.js';

const bytes = Uint8Array.of(1, 2, 3);
const [key, other] = ['vc:app:e:{a}', 'vc:app:e:{b}'];
const lease = 'vc:app:l:{a}';

/** Has the provider do everything that it can do, once and on an empty store, and expects what the contract says. */
export async function doEverything(provider: RedisCacheProvider): Promise<void> {
  const item = { key, value: bytes, ttlMs: 60_000 };
  await provider.set(key, bytes, 60_000);
  await provider.setMany([{ ...item, key: other }]);
  expect(await provider.get(key)).toEqual(bytes);
  expect(await Promise.all([provider.get(key), provider.get(other)])).toEqual([bytes, bytes]);
  expect(await provider.getMany([key, other, 'vc:app:e:{c}'])).toEqual([bytes, bytes, null]);
  expect(await provider.setFenced(item, 1, 1)).toBe(true);
  expect(await provider.setIfUnchanged(item, bytes)).toBe(true);
  expect(await provider.setIfUnchanged(item, null)).toBe(false);
  expect(await provider.acquireLease(lease, bytes, 60_000)).toBeNull();
  expect(await provider.acquireLease(lease, Uint8Array.of(9), 60_000)).toEqual(bytes);
  expect(await provider.extendLease(lease, bytes, 60_000)).toBe(true);
  expect(await provider.releaseLease(lease, bytes)).toBe(true);
  expect(await provider.acquireLease(lease, bytes, 60_000)).toBeNull();
  const writes = [
    { ...item, lease: { key: lease, token: bytes } },
    { ...item, key: other },
  ];
  expect(await provider.setFencedMany(writes, 1, 1)).toEqual([true, true]);
  expect(await provider.releaseLease(lease, bytes)).toBe(false);
  await provider.addMember('vc:app:i:{a}', key, 60_000, 10);
  expect(await provider.membersOf('vc:app:i:{a}', 10)).toEqual([key]);
  expect(await provider.dropMembers('vc:app:i:{a}', [key, other])).toBe(1);
  const visited: string[] = [];
  const visit = (keys: readonly string[]) => void visited.push(...keys);
  expect(await provider.visitKeys('vc:app:e:{a}', visit, 5_000)).toBe(true);
  expect(visited).toEqual([key]);
  expect(await provider.timesLeft(visited)).toEqual([expect.any(Number)]);
  expect(await provider.del(key)).toBe(1);
  expect(await provider.delMany([other])).toBe(1);
  await provider.set(key, bytes, 60_000);
  expect(await provider.invalidateCacheByPattern('vc:app:e:*', 5_000)).toEqual({
    removed: 1,
    complete: true,
  });
  await followJournal(provider);
  expect(await provider.status()).toMatchObject({ connected: true });
}

async function followJournal(provider: RedisCacheProvider): Promise<void> {
  expect(journalKey('app')).toBe('vc:{app}:journal');
  const log = provider.journal('app');
  const { record } = await log.open('1;x', 0);
  expect(await log.append({ kind: 'clear' }, 1)).not.toBeNull();
  expect((await log.read(record.stamp, 10)).records).toHaveLength(1);
  expect(await log.readBackwards(Number.MAX_SAFE_INTEGER, 10)).toHaveLength(2);
  const { records = [] } = (await log.poll?.(record.stamp, 10, 100)) ?? {};
  expect(records.map(({ nonce, body }) => [nonce, body.kind])).toEqual([[1, 'clear']]);
  const waiting = log.poll?.(records[0]?.stamp ?? 0, 10, 5_000);
  const woken = await log.append({ kind: 'hashes', hashes: Uint32Array.of(1, 2) }, 2);
  const slice = await waiting;
  expect(slice?.head?.record.stamp).toBe(woken?.stamp);
  expect(await log.poll?.(woken?.stamp ?? 0, 10, 10)).toMatchObject({ records: [] });
  expect((await log.advanceEpoch(record.epoch, '1;x', 0)).record.body.kind).toBe('genesis');
}
