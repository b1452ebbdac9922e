import { CacheError } from '../errors/cache.error.js';
import { assertKeys, assertTags } from '../key/key-rules.js';
import type { CacheMiddlewareChain } from '../middleware/cache-middleware.chain.js';
import type { CacheOperation } from '../middleware/cache-middleware.js';
import { operationOf } from './cache-operations.js';
import type { InvalidationOptions, InvalidationResult } from './cache-results.js';
import type { CacheRuntime } from './cache.runtime.js';
import type { Invalidated } from './invalidator.js';

export interface CacheEraserOptions {
  readonly runtime: CacheRuntime;
  readonly chain: CacheMiddlewareChain;
}

/** Everything that makes entries invalid, from what a caller says to the {@link Invalidator}, through the middleware. */
export class CacheEraser {
  readonly #runtime: CacheRuntime;
  readonly #chain: CacheMiddlewareChain;

  constructor({ runtime, chain }: CacheEraserOptions) {
    this.#runtime = runtime;
    this.#chain = chain;
  }

  /** Rejects when not recorded; resolves with the number of entries that existed, as far as it is known. */
  async delete(keys: readonly string[], operation: CacheOperation): Promise<number> {
    assertKeys(keys);
    if (keys.length === 0) return 0;
    const work = () => this.#runtime.invalidator.byKeys(keys);
    const { removed } = await this.#run(operation, work, { whenQueued: 'throw' });
    return removed ?? new Set(keys).size;
  }

  byKey(key: string, options?: InvalidationOptions): Promise<InvalidationResult> {
    const work = () => this.#runtime.invalidator.byKeys([key], options);
    return this.#run(operationOf('invalidate', { key }), work, options);
  }

  byPattern(pattern: string, options?: InvalidationOptions): Promise<InvalidationResult> {
    const work = () => this.#runtime.invalidator.byPattern(pattern, options);
    return this.#run(operationOf('invalidate', { pattern }), work, options);
  }

  byTag(tag: string, options?: InvalidationOptions): Promise<InvalidationResult> {
    return this.#byTags([tag], options);
  }

  async byTags(
    tags: readonly string[],
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    assertTags(tags);
    if (tags.length > 0) return this.#byTags(tags, options);
    throw new CacheError('TAG_INVALID', 'An invalidation by tags needs at least one tag.');
  }

  everything(options?: InvalidationOptions): Promise<InvalidationResult> {
    const work = () => this.#runtime.invalidator.everything(options);
    return this.#run(operationOf('clear'), work, options);
  }

  #byTags(tags: readonly string[], options?: InvalidationOptions): Promise<InvalidationResult> {
    const work = () => this.#runtime.invalidator.byTags(tags, options);
    return this.#run(operationOf('invalidate', { tags }), work, options);
  }

  async #run(
    operation: CacheOperation,
    work: () => Promise<Invalidated>,
    options: InvalidationOptions | undefined,
  ): Promise<InvalidationResult> {
    const { stamp, recorded, queued, removed } = await this.#chain.run(operation, async () => {
      await this.#runtime.lifecycle.nameable();
      return work();
    });
    if (recorded || options?.whenQueued !== 'throw') return { stamp, recorded, queued, removed };
    throw new CacheError(
      'NOT_RECORDED',
      'The invalidation waits for the store and is tried again; until then other processes may serve what it covers.',
    );
  }
}
