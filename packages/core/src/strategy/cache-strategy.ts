import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { ReadRequest, ReadResult, StrategyEngine } from './read-request.js';

/** Decides when to read, load, refresh or refuse; never where the bytes are. */
export interface ICacheStrategy {
  /** A word for logs and metrics. */
  readonly name: string;
  /** Whether this strategy takes reads with these options; the first one registered that does, gets them. */
  when(options: ResolvedCacheOptions): boolean;
  read<T>(request: ReadRequest<T>, engine: StrategyEngine): Promise<ReadResult<T>>;
  /** Starts no more background work and resolves when what runs has ended. */
  close?(): Promise<void>;
}
