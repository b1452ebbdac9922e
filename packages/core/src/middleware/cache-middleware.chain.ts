import type { CacheOperation, ICacheMiddleware, OperationResult } from './cache-middleware.js';

/** Middleware in order, the first outermost. Without any, an operation runs as if there were no chain. */
export class CacheMiddlewareChain {
  readonly #middleware: readonly ICacheMiddleware[];

  constructor(middleware: readonly ICacheMiddleware[]) {
    this.#middleware = [...middleware];
  }

  run<R extends OperationResult>(operation: CacheOperation, work: () => Promise<R>): Promise<R> {
    return this.#middleware.reduceRight(
      (next, middleware) => () => middleware.handle(operation, next),
      work,
    )();
  }
}
