import { isCacheError } from '../errors/cache.error.js';
import type {
  CacheOperation,
  ICacheMiddleware,
  OperationKind,
  OperationResult,
} from '../middleware/cache-middleware.js';
import type { CacheChannel } from './cache-event.js';
import { CACHE_CHANNELS } from './event-channels.js';

const CHANNEL_OF: Readonly<Record<OperationKind, CacheChannel>> = {
  read: 'read',
  get: 'read',
  set: 'write',
  update: 'write',
  del: 'invalidate',
  invalidate: 'invalidate',
  clear: 'invalidate',
  configure: 'admin',
  admin: 'admin',
};

/** Tells subscribers of the cache's operations; the outermost of all middleware. */
export class OperationEvents implements ICacheMiddleware {
  readonly name = 'events';
  readonly #cache: string;

  constructor(cache: string) {
    this.#cache = cache;
  }

  onFreshHit(template: string): void {
    const { read } = CACHE_CHANNELS;
    if (!read.hasSubscribers) return;
    const what = { kind: 'read', template, tier: 'l1', outcome: 'hit' } as const;
    read.publish({ cache: this.#cache, ...what, ms: 0, reason: null });
  }

  handle<R extends OperationResult>(operation: CacheOperation, next: () => Promise<R>): Promise<R> {
    const to = CHANNEL_OF[operation.kind];
    return CACHE_CHANNELS[to].hasSubscribers ? this.#told(to, operation, next) : next();
  }

  async #told<R extends OperationResult>(
    to: CacheChannel,
    { kind, template, isWarming }: CacheOperation,
    next: () => Promise<R>,
  ): Promise<R> {
    const startedAt = performance.now();
    const tell = (outcome: string, tier: OperationResult['tier'], reason: string | null): void => {
      const ms = performance.now() - startedAt;
      const event = { cache: this.#cache, kind, template, tier, outcome, ms, reason };
      CACHE_CHANNELS[to].publish(event);
    };
    try {
      const result = await next();
      tell(result.outcome, result.tier, isWarming ? 'warming' : null);
      return result;
    } catch (error) {
      const isLoaders = kind === 'read' && !isCacheError(error);
      tell(isLoaders ? 'rejected' : 'failed', null, failureOf(error));
      throw error;
    }
  }
}

/** A word for an error; those of others may be called anything. */
export function failureOf(error: unknown): string {
  return isCacheError(error) ? error.code : 'foreign';
}
