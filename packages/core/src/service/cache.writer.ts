import { CacheError } from '../errors/cache.error.js';
import { assertKey } from '../key/key-rules.js';
import type { CacheMiddlewareChain } from '../middleware/cache-middleware.chain.js';
import type { CacheOptions, ResolvedCacheOptions } from '../options/cache-options.js';
import type { OptionsResolver } from '../options/options.resolver.js';
import type { Admitted } from '../protection/protection.gate.js';
import type { CacheStrategyManager } from '../strategy/cache-strategy.manager.js';
import { operationOf, outcomeOf, strategyOperation } from './cache-operations.js';
import type { BatchSetItem, BatchSetResult, SetResult, UpdateResult } from './cache-results.js';
import type { CacheRuntime } from './cache.runtime.js';
import type { Change } from './entry.updater.js';
import type { WriteRequest } from './entry.writer.js';
import { inTurns } from './in-turns.js';
import { plainOf } from '../loading/serialized-value.js';

export interface CacheWriterOptions {
  readonly runtime: CacheRuntime;
  readonly strategies: CacheStrategyManager;
  readonly chain: CacheMiddlewareChain;
  readonly options: OptionsResolver;
}

/** Everything that writes values, from what a caller says to the {@link EntryWriter}, through the middleware. */
export class CacheWriter {
  readonly #runtime: CacheRuntime;
  readonly #strategies: CacheStrategyManager;
  readonly #chain: CacheMiddlewareChain;
  readonly #options: OptionsResolver;

  constructor({ runtime, strategies, chain, options }: CacheWriterOptions) {
    this.#runtime = runtime;
    this.#strategies = strategies;
    this.#chain = chain;
    this.#options = options;
  }

  async set(key: string, value: unknown, options?: number | CacheOptions): Promise<SetResult> {
    assertKey(key);
    const resolved = this.#resolve(options);
    if (value === undefined) {
      throw new CacheError('VALUE_INVALID', 'undefined is never cached; use null or del().');
    }
    const { writer } = this.#runtime;
    const start = writer.start(key, resolved, writer.moment());
    const strategy = this.#strategies.select(resolved);
    const operation = strategyOperation('set', strategy, resolved, { key });
    const { stamp, recorded, queued, stored } = await this.#chain.run(operation, async () => {
      const own = await this.#writable(key, resolved);
      const plain = plainOf(value, resolved.serializer);
      return outcomeOf(await writer.set({ ...own, value: plain, start }));
    });
    return { stamp, recorded, queued, stored };
  }

  async setMany(items: readonly BatchSetItem[]): Promise<BatchSetResult> {
    const { writer, lifecycle } = this.#runtime;
    assertItems(items);
    const moment = writer.moment();
    const requests: WriteRequest[] = [];
    await inTurns([...items], ({ key, value, ...options }) => {
      const resolved = this.#resolve(options);
      this.#strategies.select(resolved);
      const start = writer.start(key, resolved, moment);
      requests.push({ key, value: this.#plainOrNone(value, resolved), options: resolved, start });
    });
    const operation = operationOf('set', {
      keys: requests.map(({ key }) => key),
      each: requests.map(({ options }) => options),
    });
    const { stamp, recorded, queued, failed } = await this.#chain.run(operation, async () => {
      await lifecycle.nameable();
      const own: WriteRequest[] = [];
      await inTurns(requests, (one) =>
        own.push({ ...one, ...this.#placeOf(one.key, one.options) }),
      );
      return outcomeOf(await writer.setMany(own));
    });
    return { stamp, recorded, queued, failed };
  }

  async update<T>(
    key: string,
    change: Change<T>,
    options?: number | CacheOptions,
  ): Promise<UpdateResult<T>> {
    if (typeof change !== 'function') {
      throw new CacheError('OPTION_INVALID', `change must be a function; got ${typeof change}.`);
    }
    assertKey(key);
    const resolved = this.#resolve(options);
    const strategy = this.#strategies.select(resolved);
    const operation = strategyOperation('update', strategy, resolved, { key });
    const { stamp, recorded, queued, stored, value } = await this.#chain.run(
      operation,
      async () => {
        const own = await this.#writable(key, resolved);
        return outcomeOf(await this.#runtime.updater.update(own.key, change, own.options));
      },
    );
    return { stamp, recorded, queued, stored, value };
  }

  /** What can't be made plain is counted like everything else that can't be stored. */
  #plainOrNone(value: unknown, { serializer }: ResolvedCacheOptions): unknown {
    try {
      return plainOf(value, serializer);
    } catch {
      return undefined;
    }
  }

  #resolve(options: number | CacheOptions | undefined): ResolvedCacheOptions {
    return this.#options.resolve(typeof options === 'number' ? { ttl: options } : options);
  }

  async #writable(key: string, options: ResolvedCacheOptions): Promise<Admitted> {
    await this.#runtime.lifecycle.nameable();
    return this.#placeOf(key, options);
  }

  /** Where a write goes. A cache that is off, or is left out, stores nothing, and still says what became invalid. */
  #placeOf(key: string, options: ResolvedCacheOptions): Admitted {
    const { gate, flags } = this.#runtime;
    const own = gate.concerns(options) ? gate.admit(key, options) : { key, options };
    if (own && flags.isEnabled(options.template)) return own;
    return { key: own?.key ?? key, options: { ...(own?.options ?? options), ttlMs: 0 } };
  }
}

/** @throws CacheError `OPTION_INVALID`, `KEY_INVALID` */
function assertItems(items: unknown): void {
  const isList = Array.isArray(items) && items.every((item) => typeof item === 'object' && item);
  if (!isList) {
    throw new CacheError('OPTION_INVALID', 'batchSet takes a list of { key, value, ttl?, tags? }.');
  }
  for (const { key } of items as readonly { readonly key?: unknown }[]) assertKey(key);
}
