import { CacheError } from '../errors/cache.error.js';
import { CacheErrorHandler } from './cache-error.handler.js';
import { BreakerOpenError } from './circuit-breaker.service.js';

function handling() {
  const lines: string[] = [];
  const say =
    (level: string) =>
    (line: string): void =>
      void lines.push(`${level} ${line}`);
  const logger = { debug: say('debug'), log: say('log'), warn: say('warn'), error: say('error') };
  return { errors: new CacheErrorHandler(logger), lines };
}

describe('CacheErrorHandler', () => {
  it('never repeats what an error from outside says, nor logs an event', () => {
    const { errors, lines } = handling();
    const vendor = new Error('SET vc:e:{patient:anna} failed');
    for (let i = 0; i < 1_000; i++) errors.note('store-failed', vendor);
    errors.breakerChanged('open', vendor);
    expect(lines).toEqual([
      'warn The store cannot be reached: reads go to their loaders, invalidations are queued.',
    ]);
  });

  it('logs one line per transition, with the reason if it is one of the cache', () => {
    const { errors, lines } = handling();
    errors.breakerChanged('closed');
    const timeout = new CacheError('STORE_TIMEOUT', 'No answer in 250 ms.');
    for (const state of ['open', 'half-open', 'open', 'half-open'] as const) {
      errors.breakerChanged(state, timeout);
      expect(errors.isStoreDown).toBe(true);
    }
    errors.breakerChanged('closed');
    expect(errors.isStoreDown).toBe(false);
    expect(lines).toEqual([
      'warn The store cannot be reached: reads go to their loaders, invalidations are queued. (STORE_TIMEOUT: No answer in 250 ms.)',
      'log The store answers again.',
    ]);
  });

  it('logs the transitions of each of several stores, by name', () => {
    const { errors, lines } = handling();
    const refused = new CacheError('STORE_UNAVAILABLE', 'No connection.');
    for (const state of ['open', 'half-open', 'open'] as const) {
      errors.storeChanged('b:6379', state, refused);
      errors.storeChanged('a\n', state, new Error('GET secret'));
    }
    expect(errors.isStoreDown).toBe(true);
    errors.storeChanged('b:6379', 'closed');
    errors.storeChanged('a\n', 'gone');
    errors.storeChanged('c', 'gone');
    expect(errors.isStoreDown).toBe(false);
    expect(lines).toEqual([
      'warn The store "b:6379" cannot be reached: reads of its keys go to their loaders. (STORE_UNAVAILABLE: No connection.)',
      'warn The store "a\\n" cannot be reached: reads of its keys go to their loaders.',
      'log The store "b:6379" answers again.',
      'log The store "a\\n" is asked for nothing any more.',
    ]);
  });

  it('keeps states apart', () => {
    const { errors, lines } = handling();
    errors.begin('blind');
    errors.begin('audit-down');
    errors.end('blind');
    expect([errors.isIn('blind'), errors.isIn('audit-down'), errors.isStoreDown]).toEqual([
      false,
      true,
      false,
    ]);
    expect(lines).toHaveLength(3);
  });

  it('counts by fault and by class of error', () => {
    const { errors } = handling();
    errors.note('blind');
    errors.note('store-failed', new Error('x'));
    errors.note('store-failed', new CacheError('STORE_TIMEOUT', 'late'));
    errors.note('lease-failed', new BreakerOpenError());
    errors.note('store-write-failed', new CacheError('STORE_TIMEOUT', 'late'));
    expect(errors.counts).toMatchObject({
      blind: 1,
      'store-failed': 1,
      'store-timeout': 1,
      'store-write-failed': 1,
      'breaker-open': 1,
      'lease-failed': 0,
    });
    expect(errors.codes).toEqual({ foreign: 1, STORE_TIMEOUT: 2, STORE_UNAVAILABLE: 1 });
  });

  it('hands out counts that nobody can change', () => {
    const { errors } = handling();
    (errors.counts as { blind: number }).blind = 7;
    expect(errors.counts.blind).toBe(0);
  });

  it('makes a failure a decision', async () => {
    const { errors } = handling();
    const lease = await errors.guard(
      'lease-failed',
      () => {
        throw new Error('at once');
      },
      () => null,
    );
    expect(lease).toBeNull();
    expect(await errors.guard('lease-failed', () => Promise.resolve(7), String)).toBe(7);
    expect(errors.counts['lease-failed']).toBe(1);
  });

  it('tells listeners fault and code until they leave, and survives those that throw', () => {
    const { errors } = handling();
    const listener = jest.fn();
    errors.onFault(() => {
      throw new Error('broken');
    });
    const leave = errors.onFault(listener);
    errors.note('entry-corrupt');
    errors.note('value-refused', new CacheError('VALUE_INVALID', 'too large'));
    leave();
    errors.note('blind');
    expect(listener.mock.calls).toEqual([
      ['entry-corrupt', null],
      ['value-refused', 'VALUE_INVALID'],
    ]);
    expect(errors.counts['listener-failed']).toBe(3);
  });

  it('survives a logger that throws', () => {
    const broken = (): never => {
      throw new Error('disk full');
    };
    const errors = new CacheErrorHandler({
      debug: broken,
      log: broken,
      warn: broken,
      error: broken,
    });
    errors.breakerChanged('open');
    expect(errors.isStoreDown).toBe(true);
  });
});
