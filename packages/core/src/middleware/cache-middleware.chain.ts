import type { CacheOperation, ICacheMiddleware, OperationResult } from './cache-middleware.js';

type Run = <R extends OperationResult>(
  operation: CacheOperation,
  work: () => Promise<R>,
) => Promise<R>;

/** Middleware in order, the first outermost. Composed once; without any, an operation runs as if there were no chain. */
export class CacheMiddlewareChain {
  /** Runs an operation through the chain; `work` is what it does in the end. */
  readonly run: Run;

  constructor(middleware: readonly ICacheMiddleware[]) {
    this.run = middleware.reduceRight<Run>(
      (next, outer) => (operation, work) => outer.handle(operation, () => next(operation, work)),
      (_operation, work) => work(),
    );
  }
}
