import { EntryInspector } from '../../src/inspection/entry.inspector.js';
import type { IJournalLog } from '../../src/journal/journal-log.js';
import type { ICacheProvider } from '../../src/provider/cache-provider.js';
import type { CacheService } from '../../src/service/cache.service.js';
import { compileGlob } from '../../src/validity/glob.js';
import { Fleet, settle } from '../support/fleet.js';
import { TestNames } from '../support/test-names.js';
import { TestProtection } from '../support/test-protection.js';

const KEY = 'users:7';
const OPTIONS = { ttl: 600, staleTime: 60, tags: ['users'] };

describe('EntryInspector', () => {
  let fleet: Fleet;
  let cache: CacheService;
  let inspector: EntryInspector;

  /** With a look at its keys. */
  const provider = (): ICacheProvider => ({
    ...fleet.store.provider(),
    visitKeys: async (pattern, visit) => {
      await visit([...fleet.store.items.keys()].filter(compileGlob(pattern)));
      return true;
    },
  });
  const inspectorOn = (log: IJournalLog): EntryInspector =>
    new EntryInspector({ provider: provider(), namespace: 'default', log });

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
    inspector = inspectorOn(fleet.store.log);
    await cache.cache(KEY, () => ({ name: 'Ada' }), OPTIONS);
    await settle();
  });
  afterEach(() => fleet.close());

  it('tells what the header says, and nothing of the value', async () => {
    const entry = await inspector.inspect(KEY);
    expect(entry).toMatchObject({
      validity: 'valid',
      coveredBy: null,
      createdAt: fleet.clock.now(),
      codec: 'json',
      isNegative: false,
      rawBytes: JSON.stringify({ name: 'Ada' }).length,
      isSealed: false,
    });
    expect(JSON.stringify(entry)).not.toContain('Ada');
    expect(entry?.coverHashes).toHaveLength(6); // key, prefix, tag
    const { storedBytes = 0, rawBytes = 0 } = entry ?? {};
    expect(storedBytes).toBeGreaterThan(rawBytes);
  });

  it('finds nothing where there is nothing, or something else', async () => {
    expect(await inspector.inspect('users:8')).toBeNull();
    await fleet.store.provider().set('vc:default:e:{users:9}', Buffer.from('foreign'), 1_000);
    expect(await inspector.inspect('users:9')).toBeNull();
    await expect(inspector.inspect('')).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });

  /** What another process might have left: the store still holds an entry that is covered. */
  const keepingBytes = async (invalidate: () => Promise<unknown>): Promise<void> => {
    const kept = new Map(fleet.store.items);
    await invalidate();
    for (const [key, item] of kept) fleet.store.items.set(key, item);
  };

  it.each<[string, () => Promise<unknown>]>([
    ['its key', () => cache.invalidateCache(KEY)],
    ['its tag', () => cache.invalidateCacheByTag('users')],
    ['a prefix', () => cache.invalidateCacheByPattern('users:*')],
    ['a glob', () => cache.invalidateCacheByPattern('user?:7')],
    ['a clear', () => cache.clear()],
  ])('says what covers an entry that is still stored: %s', async (_, invalidate) => {
    await keepingBytes(invalidate);
    const [latest] = await fleet.store.log.readBackwards(Number.MAX_SAFE_INTEGER, 1);
    expect(await inspector.inspect(KEY)).toMatchObject({
      validity: 'covered',
      coveredBy: latest?.stamp,
    });
  });

  it('takes no notice of what covers others, nor of how much that is', async () => {
    for (let i = 0; i < 2_500; i++) {
      await fleet.store.log.append({ kind: 'glob', pattern: `orders:${i}` }, i);
    }
    expect(await inspector.inspect(KEY)).toMatchObject({ validity: 'valid' });
    await keepingBytes(() => cache.invalidateCache(KEY));
    for (let i = 0; i < 2_500; i++) {
      await fleet.store.log.append({ kind: 'glob', pattern: `orders:${i}` }, i);
    }
    expect(await inspector.inspect(KEY)).toMatchObject({ validity: 'covered' });
  });

  it('says stale of what was softly invalidated', async () => {
    await keepingBytes(() => cache.invalidateCacheByTag('users', { mode: 'stale' }));
    expect(await inspector.inspect(KEY)).toMatchObject({ validity: 'stale' });
    await keepingBytes(() => cache.invalidateCacheByTag('users'));
    expect(await inspector.inspect(KEY)).toMatchObject({ validity: 'covered' });
  });

  it('says covered of an entry of an epoch that is over', async () => {
    const [latest] = await fleet.store.log.readBackwards(Number.MAX_SAFE_INTEGER, 1);
    await fleet.store.log.advanceEpoch(latest?.epoch ?? null, latest?.constants ?? '', 0);
    expect(await inspector.inspect(KEY)).toMatchObject({ validity: 'covered', coveredBy: null });
  });

  it('says unknown where records are missing', async () => {
    const { log } = fleet.store;
    const empty: IJournalLog = Object.assign(Object.create(log) as IJournalLog, {
      readBackwards: async () => [],
    });
    expect(await inspectorOn(empty).inspect(KEY)).toMatchObject({ validity: 'unknown' });
    await log.append({ kind: 'glob', pattern: 'orders:*' }, 1);
    const trimmed: IJournalLog = Object.assign(Object.create(log) as IJournalLog, {
      readBackwards: async (before: number, limit: number) =>
        (await log.readBackwards(before, limit)).slice(0, 1),
    });
    expect(await inspectorOn(trimmed).inspect(KEY)).toMatchObject({ validity: 'unknown' });
  });

  describe('where names are a secret', () => {
    const protection = new TestProtection(['s1']);
    const { names } = protection;
    let secret: CacheService;
    const looking = (known?: TestNames): EntryInspector =>
      new EntryInspector({
        provider: provider(),
        namespace: 'default',
        log: fleet.store.log,
        ...(known && { names: known }),
      });

    beforeEach(async () => {
      fleet = new Fleet();
      secret = await fleet.join({ plugins: [protection.plugin] });
      await secret.cache(KEY, () => 'v1', OPTIONS);
      await settle();
    });

    it('finds an entry by its secret name, and knows what covers it', async () => {
      expect(await looking(names).inspect(KEY)).toMatchObject({ validity: 'valid' });
      await keepingBytes(() => secret.invalidateCacheByPattern('users:*7'));
      expect(await looking(names).inspect(KEY)).toMatchObject({ validity: 'covered' });
    });

    it('finds nothing without the secret, nor with another', async () => {
      expect(await looking().inspect(KEY)).toBeNull();
      expect(await looking(new TestNames(['other'])).inspect(KEY)).toBeNull();
    });

    it('finds what is kept apart for a tenant, sealed as it is', async () => {
      const options = { ...OPTIONS, containsPHI: true, subject: { patientId: '7' } };
      await protection.as('t1', 's', () => secret.cache('records:7', () => 'v1', options));
      await settle();
      const inspector = looking(names);
      const found = await inspector.inspectKeptApart('records:7', 't1');
      expect(found).toMatchObject([{ isSealed: true, validity: 'valid' }]);
      await keepingBytes(() => secret.invalidateCacheByTag('patient:7'));
      expect(await inspector.inspectKeptApart('records:7', 't1')).toMatchObject([
        { isSealed: true, validity: 'covered' },
      ]);
      expect(await inspector.inspectKeptApart('users:8', 't1')).toEqual([]);
    });

    it('reads the headers of entries by their names alone', async () => {
      const [name = ''] = [...fleet.store.items.keys()].filter((one) => one.includes(':e:'));
      expect(await looking(names).headers([name, 'none'])).toMatchObject([
        { schemaVersion: 0, isNegative: false },
        null,
      ]);
    });

    it('takes a record that was made up for one that covers everything', async () => {
      await fleet.store.log.append({ kind: 'hashes', hashes: Uint32Array.of(1, 2) }, 1);
      expect(await looking(names).inspect(KEY)).toMatchObject({ validity: 'covered' });
    });
  });

  it('writes nothing', async () => {
    const calls = fleet.store.calls.length;
    await inspector.inspect(KEY);
    expect(fleet.store.calls.slice(calls)).toEqual(['get']);
  });
});
