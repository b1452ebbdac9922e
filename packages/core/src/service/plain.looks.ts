import { assertKey, assertKeys } from '../key/key-rules.js';
import type { CacheMiddlewareChain } from '../middleware/cache-middleware.chain.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { OptionsResolver } from '../options/options.resolver.js';
import { FreshValue, type IsEnough } from '../repository/found-entry.js';
import type { ReadResult } from '../strategy/read-request.js';
import { endedWith, FRESH, MISSED, worstOf } from './batch-outcomes.js';
import { operationOf } from './cache-operations.js';
import type { CacheRuntime } from './cache.runtime.js';
import { unexpired } from './entry.looks.js';
import type { Look } from './missed-reads.js';
import { uncached } from './read.engine.js';

export interface PlainLooksOptions {
  readonly runtime: CacheRuntime;
  readonly chain: CacheMiddlewareChain;
  readonly options: OptionsResolver;
  readonly isPlainlyFresh: IsEnough;
}

/** Looks that never load, without options: what a caller misses so is remembered, for what it may then set. */
export class PlainLooks {
  readonly #options: PlainLooksOptions;
  readonly #runtime: CacheRuntime;

  constructor(options: PlainLooksOptions) {
    this.#options = options;
    this.#runtime = options.runtime;
  }

  async get<T>(key: string): Promise<T | null> {
    assertKey(key);
    const { engine, repository, lifecycle } = this.#runtime;
    const own =
      lifecycle.isOpen && this.#runtime.isOn() ? repository.findOwn(key, this.#plain) : null;
    const held = own && unexpired<T>(engine, { entry: own, tier: 'l1' });
    // What is answered now is no miss; otherwise the caller's context knows that it begins to look now.
    return this.#get<T>(key, held, held ? null : this.#look());
  }

  async getMany<T>(keys: readonly string[]): Promise<(T | null)[]> {
    assertKeys(keys);
    return this.#getMany<T>(keys, this.#look());
  }

  /** Synchronously, so that the caller's context knows when it began to look. */
  #look(): Look | null {
    const { journal, missed, lifecycle } = this.#runtime;
    return lifecycle.isClosed ? null : missed.begin(journal.moment(), journal.holdOffs());
  }

  /** How entries are wanted by calls that have no options. */
  get #plain(): ResolvedCacheOptions {
    return this.#options.options.resolve(undefined);
  }

  async #get<T>(key: string, held: ReadResult<T> | null, read: Look | null): Promise<T | null> {
    const { value } = await this.#options.chain.run(operationOf('get', { key }), async () => {
      if (held) return held;
      await this.#runtime.lifecycle.ready();
      const { engine } = this.#runtime;
      const found = this.#runtime.isOn() ? await engine.find(key, this.#plain) : null;
      const answer = found && unexpired<T>(engine, found);
      if (!answer) read?.missed.add(key);
      return answer ?? uncached<T | null>(null, 'miss');
    });
    if (read) read.isOver = true;
    return value;
  }

  async #getMany<T>(keys: readonly string[], read: Look | null): Promise<(T | null)[]> {
    const values = new Array<T | null>(keys.length).fill(null);
    await this.#options.chain.run(operationOf('get', { keys }), async () => {
      await this.#runtime.lifecycle.ready();
      const { repository, lifecycle, clock } = this.#runtime;
      const isUsable = this.#runtime.isOn() && !lifecycle.isClosed;
      const { isPlainlyFresh } = this.#options;
      const found = isUsable
        ? await repository.findManyFresh(keys, this.#plain, isPlainlyFresh)
        : [];
      const now = clock.now();
      const items = keys.map((key, index) => {
        const one = found[index];
        if (one instanceof FreshValue) {
          values[index] = one.value as T;
          return FRESH;
        }
        if (!one || one.entry.expiresAt <= now) {
          read?.missed.add(key);
          return MISSED;
        }
        values[index] = one.entry.value as T;
        return endedWith(one, now);
      });
      return { ...worstOf(items), items };
    });
    if (read) read.isOver = true;
    return values;
  }
}
