import type { CacheService } from '../../src/service/cache.service.js';
import type { LoadContext } from '../../src/strategy/read-request.js';
import { Fleet, settle, slowLoader } from '../support/fleet.js';
import { polledLog } from '../support/polled-journal.log.js';

const KEY = 'users:7';
const options = { ttl: 10, staleIfErrorMs: 600_000 };

describe('a kept value of a process that hears nothing', () => {
  let fleet: Fleet;
  let cache: CacheService;
  let other: CacheService;
  let log: ReturnType<typeof polledLog>;

  beforeEach(async () => {
    fleet = new Fleet();
    log = polledLog(fleet.store.log);
    cache = await fleet.join({}, log);
    other = await fleet.join();
    await cache.cache(KEY, () => 'v0', options);
    await fleet.clock.advance(11_000);
    for (let poll = 0; poll < 2; poll++) {
      log.deliver();
      await settle();
    }
  });
  afterEach(() => fleet.close());

  it('is not served for a loader that fails: it may have been invalidated', async () => {
    const slow = slowLoader<string>();
    const read = cache.read(KEY, slow.load, options).catch((error: unknown) => String(error));
    await settle();
    log.isCut = true;
    expect(await other.invalidateCache(KEY)).toMatchObject({ recorded: true });
    await fleet.clock.advance(120_000);
    slow.reject(new Error('down'));
    expect(await read).toBe('Error: down');
  });

  it('is handed to no loader', async () => {
    const found = await cache.read(KEY, () => Promise.reject(new Error('down')), options);
    expect(found).toMatchObject({ value: 'v0', outcome: 'stale' });
    const gate = slowLoader<void>();
    fleet.store.gate = gate.load(); // the read has found its value, and waits for its lease
    const previous = jest.fn();
    const read = cache.cache(
      KEY,
      (context: LoadContext) => {
        previous(context.previous);
        return 'v1';
      },
      options,
    );
    await settle();
    log.isCut = true;
    fleet.clock.jump(120_000);
    gate.resolve();
    await fleet.clock.advance(1_000);
    expect(await read).toBe('v1');
    expect(previous).toHaveBeenCalledWith(undefined);
  });
});
