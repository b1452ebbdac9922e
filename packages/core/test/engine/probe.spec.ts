import type { IJournalLog } from '../../src/journal/journal-log.js';
import type { CacheService } from '../../src/service/cache.service.js';
import { coverHashes } from '../../src/validity/cover-hash.js';
import { Fleet, settle } from '../support/fleet.js';
import { polledLog } from '../support/polled-journal.log.js';

const KEY = 'users:7';
const OPTIONS = { ttl: 600, tags: ['users'] };

describe('probe', () => {
  let fleet: Fleet;
  let writer: CacheService;
  /** Hears of the writer's invalidations only when the test says so. */
  let reader: CacheService;
  let log: ReturnType<typeof polledLog>;

  beforeEach(async () => {
    fleet = new Fleet();
    writer = await fleet.join();
    log = polledLog(fleet.store.log);
    reader = await fleet.join({}, log);
    await reader.cache(KEY, () => 'v1', OPTIONS);
    await settle();
  });
  afterEach(async () => {
    log.deliver();
    await fleet.close();
  });

  it('says valid of what nothing covers, how old it is and where it was', async () => {
    await fleet.clock.advance(5_000);
    expect(await reader.probe(KEY)).toMatchObject({
      verdict: 'valid',
      tier: 'l1',
      ageMs: 5_000,
      coveredForMs: 0,
    });
    expect((await reader.probe(KEY)).value()).toBe('v1');
    expect((await writer.probe(KEY)).tier).toBe('l2');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['its key', () => writer.invalidateCache(KEY)],
    ['its tag', () => writer.invalidateCacheByTag('users')],
    ['a prefix', () => writer.invalidateCacheByPattern('users:*')],
    ['a glob', () => writer.invalidateCacheByPattern('user?:7')],
    ['a set', () => writer.set(KEY, 'v2')],
    ['a clear', () => writer.clear()],
  ])(
    'says covered of what the process still serves after an invalidation by %s',
    async (_, make) => {
      await make();
      fleet.clock.jump(2_000);
      const served = await reader.read(KEY, () => 'from the source');
      expect(served).toMatchObject({ value: 'v1', outcome: 'hit' });
      expect(await reader.probe(KEY)).toMatchObject({ verdict: 'covered', coveredForMs: 2_000 });
      log.deliver();
      await settle();
      expect((await reader.probe(KEY)).verdict).not.toBe('covered');
    },
  );

  it.each<[string, () => Promise<unknown>]>([
    ['another key', () => writer.invalidateCache('users:8')],
    ['another tag', () => writer.invalidateCacheByTag('teams')],
    ['a glob that does not match', () => writer.invalidateCacheByPattern('users:8?')],
    ['a soft one', () => writer.invalidateCache(KEY, { mode: 'stale' })],
  ])('says valid after an invalidation of %s, heard of or not', async (_, make) => {
    await make();
    expect((await reader.probe(KEY)).verdict).toBe('valid');
    log.deliver();
    await settle();
    expect((await reader.probe(KEY)).verdict).toBe('valid');
  });

  it('tells the process nothing of what it read', async () => {
    const { journal } = await reader.status();
    await writer.invalidateCache(KEY);
    await reader.probe(KEY);
    expect((await reader.status()).journal).toMatchObject({ position: journal.position });
    expect((await reader.probe(KEY)).verdict).toBe('covered');
  });

  it('does not blame an entry for an invalidation that came while it looked', async () => {
    const latest = log.readBackwards;
    const interrupted = (before: () => Promise<unknown>, after: () => Promise<unknown>): void => {
      log.readBackwards = async (...args: Parameters<IJournalLog['readBackwards']>) => {
        log.readBackwards = latest;
        await before();
        const records = await latest(...args);
        await after();
        return records;
      };
    };
    const nothing = () => Promise.resolve();
    interrupted(nothing, () => writer.invalidateCache(KEY));
    expect((await reader.probe(KEY)).verdict).toBe('valid');
    await reader.waitFor((await writer.status()).journal.newest);
    await reader.cache(KEY, () => 'v2', OPTIONS);
    interrupted(async () => {
      const { stamp } = await writer.invalidateCache(KEY);
      await reader.waitFor(stamp); // nobody is served the entry from now on
    }, nothing);
    expect((await reader.probe(KEY)).verdict).toBe('absent');
  });

  it('finds out a process that has heard of an invalidation and serves it all the same', async () => {
    await writer.invalidateCache('users:8');
    log.deliver();
    await settle();
    // As if what it has applied had named the key.
    const [record] = await log.readBackwards(Number.MAX_SAFE_INTEGER, 1);
    if (record?.body.kind === 'hashes') record.body.hashes.set(coverHashes('key', [KEY]));
    expect((await reader.read(KEY, () => 'from the source')).outcome).toBe('hit');
    expect((await reader.probe(KEY)).verdict).toBe('covered');
  });

  it('says covered of an entry whose epoch is over', async () => {
    const [newest] = await log.readBackwards(Number.MAX_SAFE_INTEGER, 1);
    await fleet.store.log.advanceEpoch(newest?.epoch ?? null, newest?.constants ?? '', 0);
    expect(await reader.probe(KEY)).toMatchObject({ verdict: 'covered' });
  });

  it('says absent of what would be loaded, and loads nothing', async () => {
    expect(await reader.probe('users:none')).toMatchObject({
      verdict: 'absent',
      tier: null,
      ageMs: null,
      entry: null,
    });
    await reader.cache('kept', () => 'v', { ttl: 1, staleIfErrorMs: 60_000 });
    fleet.clock.jump(2_000);
    expect((await reader.probe('kept')).verdict).toBe('absent');
    expect((await reader.probe('kept')).value()).toBeUndefined();
  });

  it('says absent while the cache is off', async () => {
    await reader.configure({ values: { enabled: false } });
    expect((await reader.probe(KEY)).verdict).toBe('absent');
  });

  it('says unknown when the journal does not answer, in time or at all', async () => {
    log.isCut = true;
    expect(await reader.probe(KEY)).toMatchObject({ verdict: 'unknown', tier: 'l1' });
    log.isCut = false;
    log.readBackwards = () => new Promise(() => undefined);
    const probe = reader.probe(KEY);
    await fleet.clock.advance(1_000);
    expect((await probe).verdict).toBe('unknown');
  });

  it('says unknown, not valid, when it is too far behind to tell', async () => {
    for (let i = 0; i < 130; i++) {
      await writer.invalidateCache(`other:${i}`);
    }
    expect((await reader.probe(KEY)).verdict).toBe('unknown');
    await writer.invalidateCache(KEY);
    expect((await reader.probe(KEY)).verdict).toBe('covered');
    expect((await writer.probe('users:none')).verdict).toBe('absent');
  });

  it('tells one entry of a key from another', async () => {
    const first = await reader.probe(KEY);
    expect((await reader.probe(KEY)).entry).toBe(first.entry);
    await reader.invalidateCache(KEY);
    await reader.cache(KEY, () => 'v2', OPTIONS);
    expect((await reader.probe(KEY)).entry).not.toBe(first.entry);
  });

  it('changes nothing: no command but one look, no fault, no refresh, the same own tier', async () => {
    const before = await reader.status();
    fleet.store.calls.length = 0;
    await reader.probe(KEY);
    expect(fleet.store.calls).toEqual([]);
    expect(await reader.status()).toMatchObject({ l1: before.l1, faults: before.faults });
  });

  it('refuses what is no key', async () => {
    await expect(reader.probe('')).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });
});
