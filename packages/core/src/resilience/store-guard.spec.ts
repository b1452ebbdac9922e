import { systemClock } from '../clock/clock.js';
import { CacheErrorHandler } from './cache-error.handler.js';
import { CircuitBreakerService } from './circuit-breaker.service.js';
import { StoreGuard } from './store-guard.js';

/** Lets calls through a moment later. */
class LateBreaker extends CircuitBreakerService {
  override async run<T>(work: () => Promise<T>): Promise<T> {
    await Promise.resolve();
    return work();
  }
}

const guardWith = (breaker: CircuitBreakerService): StoreGuard =>
  new StoreGuard({
    breaker,
    errors: new CacheErrorHandler({
      debug: () => undefined,
      log: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    }),
    clock: systemClock,
    budgetMs: 1_000,
  });

const PARTS = ['a', 'b'].map((answer) => () => Promise.resolve(answer));

describe('StoreGuard', () => {
  it('gives each part of a question its own answer', async () => {
    const guard = guardWith(new CircuitBreakerService());
    expect(await Promise.all(guard.runParts(PARTS))).toEqual(['a', 'b']);
  });

  it('gives no part the answer of another, whatever breaker it was given', async () => {
    const guard = guardWith(new LateBreaker());
    for (const part of guard.runParts(PARTS)) {
      await expect(part).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    }
  });
});
