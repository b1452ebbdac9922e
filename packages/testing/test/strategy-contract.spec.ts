import {
  isProtected,
  StandardCacheStrategy,
  type ICacheStrategy,
  type ReadRequest,
  type ReadResult,
  type ResolvedCacheOptions,
  type StrategyEngine,
} from '@vitalcache/core';

import { describeCacheStrategy } from '../src/strategy/cache-strategy.contract.js';
import type { MakeStrategy } from '../src/strategy/strategy-harness.js';
import { outcomeOf } from './collecting-runner.js';

/** As an application would write one: what is urgent is never served in its last tenth. */
class FirstAidStrategy implements ICacheStrategy {
  readonly name: string = 'first-aid';

  when(options: ResolvedCacheOptions): boolean {
    return options.priority === 'critical' && !isProtected(options);
  }

  async read<T>(request: ReadRequest<T>, engine: StrategyEngine): Promise<ReadResult<T>> {
    const { key, options } = request;
    const found = options.forceRefresh ? null : await engine.find(key, options);
    const leftMs = found ? found.entry.expiresAt - engine.now() : 0;
    const isServed = found && !found.entry.isSoftened && leftMs > options.ttlMs / 10;
    return isServed ? engine.answer<T>(found, 'hit') : engine.load(request, found);
  }
}

describeCacheStrategy('StandardCacheStrategy', () => new StandardCacheStrategy());
describeCacheStrategy('a strategy of an application', () => new FirstAidStrategy(), {
  options: { priority: 'critical' },
});

const OPTIONS = { options: { priority: 'critical' } } as const;

/** The strategy above with something wrong, and the test that must say so. */
const FLAWS: readonly (readonly [string, RegExp, MakeStrategy])[] = [
  [
    'keeps values itself',
    /never serves what an invalidation by key covers$/,
    () =>
      new (class extends FirstAidStrategy {
        readonly #results = new Map<string, ReadResult<unknown>>();
        override async read<T>(request: ReadRequest<T>, engine: StrategyEngine) {
          const known = this.#results.get(request.key) as ReadResult<T> | undefined;
          if (known) return { ...known, outcome: 'hit' as const };
          const result = await super.read(request, engine);
          this.#results.set(request.key, result);
          return result;
        }
      })(),
  ],
  [
    'joins loads itself, whatever was invalidated since they began',
    /invalidation by tag covers that overlaps its load/,
    () =>
      new (class extends FirstAidStrategy {
        readonly #running = new Map<string, Promise<ReadResult<unknown>>>();
        override read<T>(request: ReadRequest<T>, engine: StrategyEngine): Promise<ReadResult<T>> {
          const running =
            this.#running.get(request.key) ??
            super.read(request, engine).finally(() => this.#running.delete(request.key));
          this.#running.set(request.key, running);
          return running as Promise<ReadResult<T>>;
        }
      })(),
  ],
  [
    'calls the loader itself',
    /loads once for all who ask at the same time/,
    () =>
      new (class extends FirstAidStrategy {
        override async read<T>(request: ReadRequest<T>, engine: StrategyEngine) {
          const found = await engine.find(request.key, request.options);
          if (found) return super.read(request, engine);
          const value = await request.load({} as never);
          return {
            ...(await engine.load({ ...request, load: () => value }, null)),
            outcome: 'miss' as const,
          };
        }
      })(),
  ],
  [
    'never looks',
    /serves a fresh valid entry without loading/,
    () =>
      new (class extends FirstAidStrategy {
        override read<T>(request: ReadRequest<T>, engine: StrategyEngine) {
          return engine.load(
            { ...request, options: { ...request.options, forceRefresh: true } },
            null,
          );
        }
      })(),
  ],
  [
    'serves what it once had, also when that is over',
    /loads when the time to live is over/,
    () =>
      new (class extends FirstAidStrategy {
        readonly #results = new Map<string, ReadResult<unknown>>();
        override async read<T>(request: ReadRequest<T>, engine: StrategyEngine) {
          const found = await engine.find(request.key, request.options);
          const known = this.#results.get(request.key) as ReadResult<T> | undefined;
          if (!found && known) return known;
          const result = await super.read(request, engine);
          this.#results.set(request.key, result);
          return result;
        }
      })(),
  ],
  [
    'takes no notice of forceRefresh',
    /loads on forceRefresh/,
    () =>
      new (class extends FirstAidStrategy {
        override read<T>(request: ReadRequest<T>, engine: StrategyEngine) {
          const options = { ...request.options, forceRefresh: false };
          return super.read({ ...request, options }, engine);
        }
      })(),
  ],
  [
    'wraps errors',
    /hands the loader's very error/,
    () =>
      new (class extends FirstAidStrategy {
        override async read<T>(request: ReadRequest<T>, engine: StrategyEngine) {
          return super.read(request, engine).catch((error: unknown) => {
            throw new Error('first aid failed', { cause: error });
          });
        }
      })(),
  ],
  [
    'calls everything a fresh hit',
    /says where a value comes from/,
    () =>
      new (class extends FirstAidStrategy {
        override async read<T>(request: ReadRequest<T>, engine: StrategyEngine) {
          const result = await super.read(request, engine);
          return { ...result, outcome: 'hit' as const, ageMs: 0 };
        }
      })(),
  ],
  [
    'answers failures with the last value, whatever became of it',
    /covers when the source fails then/,
    () =>
      new (class extends FirstAidStrategy {
        #last: ReadResult<unknown> | null = null;
        override async read<T>(request: ReadRequest<T>, engine: StrategyEngine) {
          try {
            return (this.#last = await super.read(request, engine));
          } catch (error) {
            if (this.#last) return this.#last as ReadResult<T>;
            throw error;
          }
        }
      })(),
  ],
  [
    'takes protected data',
    /refuses containsPHI/,
    () =>
      new (class extends FirstAidStrategy {
        override when({ priority }: ResolvedCacheOptions) {
          return priority === 'critical';
        }
      })(),
  ],
  [
    'takes none of the reads that it is made for',
    /takes the reads that it is made for/,
    () =>
      new (class extends FirstAidStrategy {
        override when(): boolean {
          return false;
        }
      })(),
  ],
  [
    'asks the options for tags before there is a value',
    /calls nothing that the options hold/,
    () =>
      new (class extends FirstAidStrategy {
        override when(options: ResolvedCacheOptions) {
          if (typeof options.tags === 'function') options.tags(null as never);
          return super.when(options);
        }
      })(),
  ],
  [
    'loads in when',
    /calls nothing that the options hold/,
    () =>
      new (class extends FirstAidStrategy {
        #again: () => unknown = () => undefined;
        override when(options: ResolvedCacheOptions) {
          this.#again();
          return super.when(options);
        }
        override read<T>(request: ReadRequest<T>, engine: StrategyEngine) {
          this.#again = () => Promise.resolve(request.load({} as never)).catch(() => undefined);
          return super.read(request, engine);
        }
      })(),
  ],
  [
    'goes on refreshing after its end',
    /leaves nothing running/,
    ({ clock }) =>
      new (class extends FirstAidStrategy {
        override read<T>(request: ReadRequest<T>, engine: StrategyEngine) {
          const again = async (): Promise<unknown> => request.load({} as never);
          void clock
            .sleep(90_000)
            .then(again)
            .catch(() => undefined);
          return super.read(request, engine);
        }
      })(),
  ],
  [
    'never ends',
    /resolves, also when it is called twice/,
    () =>
      Object.assign(new FirstAidStrategy(), { close: () => new Promise<void>(() => undefined) }),
  ],
  [
    'takes one key of a batch for another',
    /in one call for what is missing, and keeps the order/,
    () =>
      new (class extends FirstAidStrategy {
        #first: string | null = null;
        override read<T>(request: ReadRequest<T>, engine: StrategyEngine) {
          this.#first ??= request.key;
          return super.read({ ...request, key: this.#first }, engine);
        }
      })(),
  ],
];

describe('describeCacheStrategy', () => {
  it.each(FLAWS)(
    'catches a strategy that %s',
    async (_flaw, test, make) => {
      const { failed } = await outcomeOf(() => describeCacheStrategy('it', make, OPTIONS));
      expect(failed).toEqual(expect.arrayContaining([expect.stringMatching(test)]));
    },
    60_000, // the whole suite runs inside, on a machine that may be busy
  );

  it('finds nothing wrong with the strategy that all these are made of', async () => {
    const { passed, failed } = await outcomeOf(() =>
      describeCacheStrategy('it', () => new FirstAidStrategy(), OPTIONS),
    );
    expect(failed).toEqual([]);
    expect(passed.length).toBeGreaterThan(40);
  });

  it('does not ask a strategy for protected data to refuse it', async () => {
    const takesAll = () => Object.assign(new FirstAidStrategy(), { when: () => true });
    const judged = (options: object) =>
      outcomeOf(() => describeCacheStrategy('it', takesAll, options));
    expect((await judged({ takesProtected: true })).failed).toEqual([]);
    expect((await judged({})).failed.length).toBe(9);
  });
});
