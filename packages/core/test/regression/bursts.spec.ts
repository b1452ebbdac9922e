import { Posting } from '../../src/journal/outbox.js';
import { SetWatches } from '../../src/journal/set-watches.js';
import type { CacheService } from '../../src/service/cache.service.js';
import { coverHashes } from '../../src/validity/cover-hash.js';
import { Fleet, settle } from '../support/fleet.js';

const COUNT = 1_500;
const keys = Array.from({ length: COUNT }, (_, index) => `users:${index}`);

describe('more at a time than may wait for a store that is down', () => {
  let fleet: Fleet;
  let cache: CacheService;
  let kinds: Set<string>;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join({ maxQueuedInvalidations: 10, sketchSlots: 2 ** 20 });
    await cache.set('precious', 1, 600);
    kinds = new Set();
    fleet.store.log.onAppend(({ body }) => kinds.add(body.kind));
  });
  afterEach(() => fleet.close());

  it('is no clear when a batch is set and the store takes it', async () => {
    const items = keys.map((key) => ({ key, value: key, ttl: 60 }));
    expect(await cache.batchSet(items)).toMatchObject({ recorded: true, failed: 0 });
    expect([...kinds]).toEqual(['hashes']);
    expect(await cache.batchGet(['precious', ...keys])).toEqual([1, ...keys]);
  });

  it('is no clear when many invalidate in one tick and the store takes it', async () => {
    const some = keys.slice(0, 600);
    const results = await Promise.all(some.map((key) => cache.invalidateCache(key)));
    expect(results.every(({ recorded }) => recorded)).toBe(true);
    expect([...kinds]).toEqual(['hashes']);
    expect(await cache.get('precious')).toBe(1);
  });

  it('is one clear when the store takes nothing: too much is invalid, never too little', async () => {
    const failing = jest.spyOn(fleet.store.log, 'append').mockRejectedValue(new Error('down'));
    const first = cache.invalidateCache('users:first');
    await fleet.clock.advance(2_000);
    expect(await first).toMatchObject({ recorded: false, queued: true });
    const invalidations = keys.slice(0, 20).map((key) => cache.invalidateCache(key));
    await settle();
    expect(await cache.get('precious')).toBeNull();
    failing.mockRestore();
    await fleet.clock.advance(5_000);
    expect((await Promise.all(invalidations)).every(({ recorded }) => recorded)).toBe(true);
    expect(kinds).toContain('clear');
  });
});

describe('SetWatches', () => {
  it('looks at no set that a record of hashes does not cover, however many there are', () => {
    const watches = new SetWatches();
    let looks = 0;
    const watched = keys.map((key) => {
      const hashes = coverHashes('key', [key]);
      const subject = {
        baseKey: key,
        get hashes() {
          looks++;
          return hashes;
        },
      };
      const posting = new Posting({ kind: 'hashes', hashes }, 'set', 0);
      const fence = { epoch: { stamp: 1, nonce: 1 }, position: 1 };
      const watch = { subject, fence, posting, verdict: 'valid' as const };
      watches.add(watch);
      return watch;
    });
    looks = 0;
    for (const key of keys.slice(0, 100)) {
      watches.onSet({ kind: 'hashes', hashes: coverHashes('key', [key]) });
    }
    expect(looks).toBe(0);
    const covered = watched.filter(({ verdict }) => (verdict as string) === 'covered');
    expect(covered.map(({ subject }) => subject.baseKey)).toEqual(keys.slice(0, 100));
  });
});
