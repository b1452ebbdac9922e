import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle } from '../support/fleet.js';
import { polledLog } from '../support/polled-journal.log.js';
import { TestProtection } from '../support/test-protection.js';

const KEY = 'patients:ada:labs';
const TAG = 'doctor:grace';

describe('a cache with protected names', () => {
  let fleet: Fleet;

  beforeEach(() => {
    fleet = new Fleet();
  });
  afterEach(() => fleet.close());

  const join = (secrets?: [string, ...string[]], log?: ReturnType<typeof polledLog>) =>
    fleet.join({ plugins: [new TestProtection(secrets).plugin] }, log);

  const load = async (cache: CacheService, value: string): Promise<string> => {
    const read = cache.cache(KEY, () => value, { tags: [TAG] });
    await settle();
    return read;
  };

  /** All that the store holds now. */
  async function stored(): Promise<string> {
    const records = await fleet.store.log.readBackwards(Number.MAX_SAFE_INTEGER, 1_000);
    const items = [...fleet.store.items].map(([key, { value }]) => [
      key,
      Buffer.from(value).toString('latin1'),
    ]);
    return JSON.stringify([items, records]);
  }

  it.each<[string, (cache: CacheService) => Promise<unknown>]>([
    ['key', (cache) => cache.invalidateCache(KEY)],
    ['several keys', (cache) => cache.batchDelete(['patients:bob', KEY])],
    ['prefix', (cache) => cache.invalidateCacheByPattern('patients:ada:*')],
    ['glob', (cache) => cache.invalidateCacheByPattern('*ada*labs')],
    ['tag', (cache) => cache.invalidateCacheByTag(TAG)],
    ['clear', (cache) => cache.clear()],
  ])('covers by %s in every process, and shows the store no word of it', async (_, invalidate) => {
    const [one, other] = [await join(), await join()];
    await load(one, 'v1');
    const before = await stored();
    expect(await load(other, 'v2')).toBe('v1');
    await invalidate(other);
    expect(await load(one, 'v3')).toBe('v3');
    expect(before).toMatch(/vc:default:e:\{/);
    expect(before + (await stored())).not.toMatch(/ada|labs|grace|patients|doctor/);
  });

  it('is covered by what it reads in a stream of records', async () => {
    const view = polledLog(fleet.store.log);
    const [one, other] = [await join(undefined, view), await join()];
    await load(one, 'v1');
    await other.invalidateCacheByPattern('*labs');
    view.deliver();
    await settle();
    expect(await load(one, 'v2')).toBe('v2');
    expect((await one.status()).faults['record-refused']).toBe(0);
  });

  it('gives no pattern and no tag to a store that would remove by them, and sweeps all for a clear', async () => {
    const asked: string[] = [];
    const provider = {
      ...fleet.store.provider(),
      invalidateCacheByPattern: async (pattern: string) => {
        asked.push(pattern);
        return { removed: 3, complete: true };
      },
      invalidateCacheByTag: async (tag: string) => {
        asked.push(tag);
        return { removed: 3, complete: true };
      },
    };
    fleet.store.provider = () => provider;
    const cache = await join();
    expect((await cache.invalidateCacheByPattern('patients:*')).removed).toBeNull();
    expect((await cache.invalidateCacheByTag(TAG)).removed).toBeNull();
    expect((await cache.clear()).removed).toBe(3);
    expect(asked).toEqual(['vc:default:e:*']);
  });

  it('names the entry, its lease and its failure in one slot, and the version behind them', async () => {
    const names = new Set<string>();
    const provider = fleet.store.provider();
    fleet.store.provider = () => ({
      ...provider,
      acquireLease: (key, token, ttlMs) => {
        names.add(key);
        return provider.acquireLease?.(key, token, ttlMs) as Promise<Uint8Array | null>;
      },
    });
    const cache = await fleet.join({ schemaVersion: 3, plugins: [new TestProtection().plugin] });
    await load(cache, 'v1');
    await expect(
      cache.cache('patients:bob', () => Promise.reject(new Error('down'))),
    ).rejects.toThrow();
    await settle();
    const slotOf = (name: string): string => /\{(.*)\}/.exec(name)?.[1] ?? '';
    const [entry] = [...fleet.store.items.keys()].filter((name) => name.includes(':e:'));
    expect(entry).toMatch(/^vc:default:e:\{[\w-]{22}\}v3$/);
    expect([...names].map(slotOf)).toContain(slotOf(entry as string));
  });

  it('goes on while a secret is exchanged: each process covers what the other one named', async () => {
    const [old, fresh] = [await join(['s1', 's2']), await join(['s2', 's1'])];
    expect((await fresh.status()).journal.refusal).toBeNull();
    await load(old, 'v1');
    await fresh.invalidateCacheByTag(TAG);
    expect(await load(old, 'v2')).toBe('v2');
    await load(fresh, 'v3');
    await old.batchDelete([KEY, 'patients:bob']);
    expect(await load(fresh, 'v4')).toBe('v4');
  });

  it.each<[string, [string, ...string[]], [string, ...string[]]]>([
    ['never got the one in use', ['s1'], ['s2', 's1']],
    ['gave up the one in use', ['s2'], ['s1', 's2']],
  ])(
    'is covered by whatever a process invalidates that can not name its entries: that %s',
    async (_, behind, ahead) => {
      const [other, cache] = [await join(behind), await join(ahead)];
      await load(cache, 'v1');
      await other.invalidateCacheByTag(TAG);
      expect(await load(cache, 'v2')).toBe('v2');
      expect((await cache.status()).faults['record-refused']).toBe(1);
      await cache.invalidateCache('other');
      expect(await load(cache, 'v3')).toBe('v2');
    },
  );

  it.each<[string, [string, ...string[]] | null, [string, ...string[]] | null]>([
    ['of processes without a secret', null, ['s1']],
    ['with a secret', ['s1'], null],
    ['with another secret', ['s1'], ['s2']],
  ])('refuses a namespace %s', async (_, first, second) => {
    const joinWith = (secrets: [string, ...string[]] | null) =>
      secrets ? join(secrets) : fleet.join();
    await load(await joinWith(first), 'v1');
    const stranger = await joinWith(second);
    expect((await stranger.status()).journal.refusal).toContain('was begun with 1;');
    expect((await stranger.status()).faults['record-refused']).toBe(0);
    expect(await load(stranger, 'v2')).toBe('v2');
    expect(await load(stranger, 'v3')).toBe('v3');
  });

  it('hears of settings, also of a process whose first secret is another', async () => {
    const [one, other] = [await join(['s1', 's2']), await join(['s2', 's1'])];
    const { announced } = await one.configure({ values: { enabled: false } });
    await settle();
    expect([announced, other.settings.enabled]).toEqual([true, false]);
  });
});
