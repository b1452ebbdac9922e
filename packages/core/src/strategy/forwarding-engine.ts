import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { FoundEntry } from '../repository/found-entry.js';
import type {
  ReadRequest,
  ReadResult,
  RefreshOutcome,
  RefreshRefusal,
  StrategyEngine,
} from './read-request.js';

/** An engine that does what another one does, but for what a class that extends it does otherwise. */
export abstract class ForwardingEngine implements StrategyEngine {
  constructor(protected readonly engine: StrategyEngine) {}

  get isAdaptive(): boolean {
    return this.engine.isAdaptive;
  }

  now(): number {
    return this.engine.now();
  }

  random(): number {
    return this.engine.random();
  }

  find(key: string, options: ResolvedCacheOptions): Promise<FoundEntry | null> {
    return this.engine.find(key, options);
  }

  answer<T>(found: FoundEntry, outcome: 'hit' | 'stale'): ReadResult<T> {
    return this.engine.answer(found, outcome);
  }

  load<T>(request: ReadRequest<T>, previous: FoundEntry | null): Promise<ReadResult<T>> {
    return this.engine.load(request, previous);
  }

  refresh<T>(request: ReadRequest<T>, previous: FoundEntry): Promise<RefreshOutcome> {
    return this.engine.refresh(request, previous);
  }

  refreshRefusal(key: string): RefreshRefusal | null {
    return this.engine.refreshRefusal(key);
  }
}
