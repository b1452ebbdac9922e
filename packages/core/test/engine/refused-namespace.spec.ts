import { CacheError } from '../../src/errors/cache.error.js';
import type { IJournalLog } from '../../src/journal/journal-log.js';
import { Fleet, settle } from '../support/fleet.js';
import { polledLog } from '../support/polled-journal.log.js';

const KEY = 'users:7';
const REASON = 'The journal of this namespace lives on another store.';
const METHODS = ['open', 'read', 'poll'] as const;

describe('a journal that refuses the namespace', () => {
  let fleet: Fleet;
  let lines: string[];

  beforeEach(() => {
    fleet = new Fleet();
    lines = [];
  });
  afterEach(() => fleet.close());

  function refusing(isRefusing: boolean) {
    const view = polledLog(fleet.store.log);
    const state = { isRefusing, deliver: () => view.deliver() };
    const guarded = METHODS.map((name) => [
      name,
      async (...args: unknown[]) => {
        const answer = (view[name as 'poll'] as (...args: unknown[]) => Promise<unknown>)(...args);
        if (name === 'poll' && !state.isRefusing) await answer.catch(() => undefined);
        if (state.isRefusing) throw new CacheError('JOURNAL_MISMATCH', REASON);
        return answer;
      },
    ]);
    const log = { ...view, ...(Object.fromEntries(guarded) as Partial<IJournalLog>) };
    return { log: log as IJournalLog, state };
  }

  const say = (line: string): void => void lines.push(line);
  const logger = { debug: say, log: say, warn: say, error: say };

  async function loaded(cache: Awaited<ReturnType<Fleet['join']>>, value: string) {
    const reading = cache.read<string>(KEY, () => value);
    await fleet.clock.advance(300);
    await settle();
    return reading;
  }

  it('is a reason to cache nothing, and is said', async () => {
    const { log, state } = refusing(true);
    const cache = await fleet.join({ logger }, log);
    expect((await cache.status()).journal).toMatchObject({ refusal: REASON, isBlind: true });
    expect(cache.fence()).toBeNull();
    expect(await loaded(cache, 'v1')).toMatchObject({ value: 'v1', outcome: 'miss' });
    expect(await loaded(cache, 'v2')).toMatchObject({ value: 'v2', outcome: 'miss' });
    expect([...fleet.store.items.keys()].filter((key) => key.includes('e:{'))).toEqual([]);
    const invalidation = cache.invalidateCache(KEY);
    await fleet.clock.advance(2_000);
    expect(await invalidation).toMatchObject({ recorded: false, queued: true });
    const refusals = lines.filter((line) => line.includes(REASON));
    expect(refusals).toEqual([`The cache is not used. (JOURNAL_MISMATCH: ${REASON})`]);

    state.isRefusing = false;
    await fleet.clock.advance(5_000);
    expect((await cache.status()).journal).toMatchObject({ refusal: null, queued: 0 });
    expect(lines).toContain('The cache is used again.');
    await loaded(cache, 'v3');
    expect(await loaded(cache, 'v4')).toMatchObject({ value: 'v3', outcome: 'hit' });
  });

  it.each(['poll', 'read'] as const)(
    'is heard of by a %s while the cache runs: nothing is served, stored or recorded',
    async (method) => {
      const { log, state } = refusing(false);
      const cache = await fleet.join({ logger }, log);
      await loaded(cache, 'v1');
      expect(await loaded(cache, 'v2')).toMatchObject({ value: 'v1', tier: 'l1' });
      state.isRefusing = true;
      if (method === 'poll') state.deliver();
      else await cache.cache(KEY, () => 'v3', { consistency: 'strong' });
      await settle();
      expect((await cache.status()).journal.refusal).toBe(REASON);
      expect(cache.fence()).toBeNull();
      expect(await loaded(cache, 'v4')).toMatchObject({ value: 'v4', outcome: 'miss' });
      const { newestStamp } = fleet.store.log;
      const invalidation = cache.invalidateCache(KEY);
      await fleet.clock.advance(2_000);
      expect(await invalidation).toMatchObject({ recorded: false, queued: true });
      expect(fleet.store.log.newestStamp).toBe(newestStamp);

      state.isRefusing = false;
      await fleet.clock.advance(5_000);
      expect((await cache.status()).journal).toMatchObject({ refusal: null, queued: 0 });
      expect(await loaded(cache, 'v5')).toMatchObject({ value: 'v5', outcome: 'miss' });
    },
  );
});
