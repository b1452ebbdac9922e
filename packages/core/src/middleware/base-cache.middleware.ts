import type { CacheOperation, ICacheMiddleware, OperationResult } from './cache-middleware.js';

/** Middleware that looks before and after without touching the result; override what is needed. */
export abstract class BaseCacheMiddleware implements ICacheMiddleware {
  abstract readonly name: string;

  async handle<R extends OperationResult>(
    operation: CacheOperation,
    next: () => Promise<R>,
  ): Promise<R> {
    this.before(operation);
    try {
      const result = await next();
      this.#note(() => this.after(operation, result));
      return result;
    } catch (error) {
      this.#note(() => this.failed(operation, error));
      throw error;
    }
  }

  /** Who only looks on must not break what went well: a read that has its value, an invalidation that is recorded. */
  #note(look: () => void): void {
    try {
      look();
    } catch {
      return; // what an onlooker throws goes no further
    }
  }

  /** Throws to refuse the operation. */
  protected before(_operation: CacheOperation): void {
    // nothing to check
  }

  protected after(_operation: CacheOperation, _result: OperationResult): void {
    // nothing to note
  }

  /** `error` goes on to the caller whatever happens here. */
  protected failed(_operation: CacheOperation, _error: unknown): void {
    // nothing to note
  }
}
