import type { CacheService } from '../../src/service/cache.service.js';
import type { LoadContext } from '../../src/strategy/read-request.js';
import { Fleet, settle } from '../support/fleet.js';
import { polledLog } from '../support/polled-journal.log.js';

const KEY = 'users:7';

describe('a load past the cache', () => {
  let fleet: Fleet;
  let cache: CacheService;
  let log: ReturnType<typeof polledLog>;
  /** Of each call of the loader. */
  let signals: AbortSignal[];

  beforeEach(async () => {
    fleet = new Fleet();
    log = polledLog(fleet.store.log);
    cache = await fleet.join({}, log);
    signals = [];
  });
  afterEach(async () => {
    fleet.store.failure = null;
    await fleet.close();
  });

  const hang = ({ signal }: LoadContext): Promise<never> => {
    signals.push(signal);
    return new Promise(() => undefined);
  };
  const codeOf = (read: Promise<unknown>): Promise<unknown> =>
    read.then(
      () => 'loaded',
      (error: { code?: unknown }) => error.code,
    );

  const past: [string, object, () => unknown][] = [
    ['for a ttl of 0', { ttl: 0 }, () => undefined],
    ['while the cache is off', {}, () => cache.configure({ values: { enabled: false } })],
    [
      'of a strong read while the store is down',
      { consistency: 'strong' },
      () => {
        log.isCut = true;
        fleet.store.failure = new Error('down');
      },
    ],
  ];

  it.each(past)('%s ends with its time', async (_, options, prepare) => {
    await prepare();
    const code = codeOf(cache.cache(KEY, hang, { ...options, hardTimeoutMs: 1_000 }));
    await fleet.clock.advance(2_000);
    expect(await Promise.race([code, settle()])).toBe('LOAD_TIMEOUT');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it.each(past)('%s is told when the cache is closed', async (_, options, prepare) => {
    await prepare();
    void codeOf(cache.cache(KEY, hang, options));
    await fleet.clock.advance(1_000);
    fleet.store.failure = null;
    await fleet.close();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('of a value that can’t be copied ends with its time for each who joined', async () => {
    const opened: ((value: unknown) => void)[] = [];
    const load = (): Promise<unknown> => new Promise((resolve) => opened.push(resolve));
    const codes = Array.from({ length: 5 }, () =>
      codeOf(cache.cache(KEY, load, { hardTimeoutMs: 1_000 })),
    );
    await settle();
    opened.shift()?.(() => 'a function');
    await fleet.clock.advance(5_000);
    const all = Promise.all(codes);
    expect(await Promise.race([all, settle()])).toEqual([
      'loaded',
      ...Array.from({ length: 4 }, () => 'LOAD_TIMEOUT'),
    ]);
  });
});
