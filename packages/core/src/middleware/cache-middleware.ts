import type { HitTimes } from '../entry/entry.js';
import type { SettingChanged } from '../flags/settings-change.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { ComplianceLevel } from '../protection/compliance-level.js';
import type { Tier } from '../repository/found-entry.js';
import type { ReadOutcome } from '../strategy/read-request.js';

/**
 * What is being done. `read` may load, `get` never does; `configure` changes how the cache works, `admin` is a call of
 * its operators.
 */
export type OperationKind =
  'read' | 'get' | 'set' | 'update' | 'del' | 'invalidate' | 'clear' | 'configure' | 'admin';

/** One call as middleware sees it. Keys and tags may name people: they belong in no log, label or span. */
export interface CacheOperation {
  readonly kind: OperationKind;
  /** `null` for operations that concern no single key. */
  readonly key: string | null;
  /** The keys of a batch; empty for anything else. */
  readonly keys: readonly string[];
  /** The tags of a `read` or `set` as far as they are known beforehand, or the tag that is invalidated. */
  readonly tags: readonly string[];
  /** The pattern that is invalidated; `null` for anything else. */
  readonly pattern: string | null;
  /** A word for labels: the key template, or `unnamed`. */
  readonly template: string;
  /** `null` where there are none (`get`, `del`, `invalidate`, `clear`). */
  readonly options: ResolvedCacheOptions | null;
  /** Those of each of `keys` of a batch `set`, whose entries have their own; absent for anything else. */
  readonly each?: readonly ResolvedCacheOptions[];
  /** Name of the strategy of a `read`, `set` or `update` of one key or of a batch read; `null` for anything else. */
  readonly strategy: string | null;
  /** A `read` for nobody in particular, so that later ones hit: no part of how well the cache serves. */
  readonly isWarming: boolean;
  /** Milliseconds for which a `read` was looked for in the shared tier before it came here; absent: it was not. */
  readonly lookedForMs?: number;
}

/** How an operation ended. */
export type OperationOutcome = ReadOutcome | 'recorded' | 'queued' | 'done';

/** What every operation resolves with; the full result is the operation's own. */
export interface OperationResult {
  readonly outcome: OperationOutcome;
  /** The tier that answered a read; `null` otherwise. */
  readonly tier: Tier | null;
  /** Milliseconds since the load of what a read was answered with began; absent for anything else. */
  readonly ageMs?: number;
  /** The same of each key of a batch, whose own outcome is the worst of them; absent for anything else. */
  readonly items?: readonly Pick<OperationResult, 'outcome' | 'tier' | 'ageMs'>[];
}

/**
 * A part of a load.
 * - `lease`: asking for the lease, and waiting while another process holds it
 * - `load`: the loader; `write`: storing what it gave, after its caller has it
 * - `refresh`: a whole load in the background, with the others inside
 */
export type LoadStep = 'lease' | 'load' | 'write' | 'refresh';

export interface LoadStepInfo {
  readonly step: LoadStep;
  readonly template: string;
  readonly level: ComplianceLevel;
  /** Name of the provider, such as `redis`. */
  readonly store: string;
}

/**
 * One concern around every operation of the cache. Call `next` exactly once to go on, and pass its result on; throw to
 * refuse.
 */
export interface ICacheMiddleware {
  readonly name: string;
  /**
   * Told of a fresh hit of this process's own tier that took the shortest way, instead of `handle`: for counting, never
   * for refusing. Only if all middleware has it, hits take that way. Must be quick and not throw. The key may name a
   * person: it belongs in no log, label or span. `nowMs`: by the cache's clock.
   */
  onFreshHit?(
    template: string,
    strategy: string,
    key: string,
    nowMs: number,
    entry: HitTimes,
  ): void;
  /**
   * As {@link onFreshHit}, of a fresh hit of the shared tier, which took so many milliseconds. Only if all middleware has
   * both, such hits take the shortest way.
   */
  onSharedHit?(template: string, strategy: string, key: string, ms: number, entry: HitTimes): void;
  /** Told of every change of the settings, in whichever process it was made. Must be quick. */
  settingChanged?(change: SettingChanged): void;
  /**
   * Around each step of a load, in the async context of the read that it is for: call `work` exactly once, and give what
   * it gives. `outcomeOf` says in a word how it ended; a step that rejects has failed.
   */
  aroundStep?<T>(
    info: LoadStepInfo,
    work: () => Promise<T>,
    outcomeOf: (result: T) => string,
  ): Promise<T>;
  /** Numbers since start, under its name in the cache's status. No key, tag or tenant is among their names. */
  metrics?(): Readonly<Record<string, number>>;
  handle<R extends OperationResult>(operation: CacheOperation, next: () => Promise<R>): Promise<R>;
}
