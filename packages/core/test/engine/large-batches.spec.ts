import type { CacheService } from '../../src/service/cache.service.js';
import { settle } from '../support/fake-clock.js';
import { Fleet, slowLoader } from '../support/fleet.js';

const keysOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `users:${i}`);

describe('large batches', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join({ l1MaxBytes: 0 });
  });
  afterEach(() => fleet.close());

  describe('cacheMany', () => {
    /** Says whether the event loop has turned since. */
    const turnOf = (): { isOver: boolean } => {
      const turn = { isOver: false };
      setImmediate(() => (turn.isOver = true));
      return turn;
    };

    it('lets the event loop turn while its loads begin and end, and asks its loader once', async () => {
      const turns = [turnOf()];
      const load = jest.fn((keys: readonly string[]) => {
        turns.push(turnOf());
        return keys.map((key) => `loaded ${key}`);
      });
      const loading = cache.cacheMany(keysOf(600), load);
      const begun = loading.then(() => turns.map(({ isOver }) => isOver));
      expect(await loading).toEqual(keysOf(600).map((key) => `loaded ${key}`));
      expect(load.mock.calls.map(([keys]) => keys)).toEqual([keysOf(600)]);
      expect(await begun).toEqual([true, true]);
    });

    it('hands out what the loader gave, whatever it does with its answer afterwards', async () => {
      const answer = new Map(keysOf(600).map((key) => [key, `loaded ${key}`]));
      const load = (): typeof answer => {
        setImmediate(() => answer.clear());
        return answer;
      };
      const values = keysOf(600).map((key) => `loaded ${key}`);
      expect(await cache.cacheMany(keysOf(600), load)).toEqual(values);
    });

    it('tells its loader that nobody waits only when nobody waits for any of its keys', async () => {
      const slow = slowLoader<string[]>();
      let signal: AbortSignal | undefined;
      const many = cache.cacheMany(
        ['k:1', 'k:2'],
        (keys, context) => {
          ({ signal } = context);
          return slow.load();
        },
        { hardTimeoutMs: 100 },
      );
      const hasty = expect(many).rejects.toMatchObject({ code: 'LOAD_TIMEOUT' });
      await settle();
      const joined = cache.cache('k:2', () => 'never');
      await fleet.clock.advance(100);
      await hasty;
      expect(signal?.aborted).toBe(false);
      slow.resolve(['one', 'two']);
      expect(await joined).toBe('two');
    });
  });

  describe('batchSet', () => {
    const setAll = (value: string) =>
      cache.batchSet(keysOf(1_200).map((key) => ({ key, value, ttl: 60 })));

    it('stores all: what it records itself counts against none of its values', async () => {
      expect(await setAll('new')).toMatchObject({ recorded: true, failed: 0 });
    });

    it('stores nothing that somebody else invalidates before its turn', async () => {
      const other = await fleet.join();
      let go = (): void => undefined;
      fleet.store.gate = new Promise<void>((resolve) => (go = resolve));
      const setting = setAll('old');
      while (fleet.store.count('setFenced') === 0) await settle();
      const invalidating = other.invalidateCache('users:1100');
      await settle();
      go();
      expect(await invalidating).toMatchObject({ recorded: true });
      expect(await setting).toMatchObject({ recorded: true, failed: 1 });
      expect(await cache.get('users:1100')).toBeNull();
    });

    it('stores what a later set of the same key brought', async () => {
      let go = (): void => undefined;
      fleet.store.gate = new Promise<void>((resolve) => (go = resolve));
      const setting = setAll('old');
      while (fleet.store.count('setFenced') === 0) await settle();
      const later = cache.set('users:1100', 'later', 60);
      await settle();
      go();
      expect(await later).toMatchObject({ stored: true });
      expect(await setting).toMatchObject({ failed: 1 });
    });

    it('goes on for no longer than one part may take when the store hangs, and makes the rest invalid', async () => {
      await setAll('before');
      fleet.store.gate = new Promise(() => undefined);
      const setting = setAll('after');
      let result: unknown;
      void setting.then((it) => (result = it));
      while (fleet.store.count('setFenced') === 1_200) await settle();
      await fleet.clock.advance(2_000);
      expect(result).toMatchObject({ recorded: true, failed: 1_200 });
      fleet.store.gate = Promise.resolve();
      expect(await cache.batchGet(['users:0', 'users:1100'])).toEqual([null, null]);
    });
  });
});
