import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { ReadRequest, ReadResult, StrategyEngine } from './read-request.js';

/** Where strategies stand that don't say otherwise: an application's own come before all of ours. */
export const STRATEGY_PRECEDENCE = {
  own: 0,
  emergency: 100,
  phi: 200,
  swr: 300,
  standard: 400,
} as const;

/** Decides when to read, load, refresh or refuse; never where the bytes are. */
export interface ICacheStrategy {
  /** A word for logs and metrics. */
  readonly name: string;
  /** Lower is asked first; among equals the first one registered. Default: 0, before every strategy of ours. */
  readonly precedence?: number;
  /**
   * True if it answers every fresh, valid entry with a hit and does nothing else then: the engine may do so itself,
   * without asking. Only if all strategies of a cache say so, hits take the shortest way. Default: false.
   */
  readonly isPlainOnFresh?: boolean;
  /** Whether this strategy takes reads with these options; the first one that does, gets them. */
  when(options: ResolvedCacheOptions): boolean;
  read<T>(request: ReadRequest<T>, engine: StrategyEngine): Promise<ReadResult<T>>;
  /** What it last decided about the key, in words; `null` if it has nothing to say. */
  explain?(key: string): string | null;
  /** Numbers since start, under its name in the cache's status. No key, tag or tenant is among their names. */
  metrics?(): Readonly<Record<string, number>>;
  /** Starts no more background work and resolves when what runs has ended. */
  close?(): Promise<void>;
}
