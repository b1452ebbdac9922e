import { xxh64 } from '@node-rs/xxhash';

import { systemClock, type Clock } from '../clock/clock.js';
import { CacheError, isCacheError } from '../errors/cache.error.js';
import { assertOptionNames, type OptionNames } from '../options/assert-option-names.js';
import type { SettingChanged } from '../flags/settings-change.js';
import type { AuditRecord, IAuditSink } from './audit-record.js';
import { AuditSpool } from './audit.spool.js';
import { BaseCacheMiddleware } from './base-cache.middleware.js';
import type { CacheOperation, OperationKind, OperationResult } from './cache-middleware.js';

/** What changes what others get to see. Reads are not among them: of PHI they are audited by its own package. */
const KINDS: readonly OperationKind[] = ['del', 'invalidate', 'clear', 'configure', 'admin'];

/** Of one batch. */
const MAX_REFERENCES = 1_000;

/** Who does something, and why; known to the application alone. */
export interface AuditContext {
  readonly actor?: string;
  readonly reason?: string;
}

export interface AuditCacheMiddlewareOptions {
  readonly sink: IAuditSink;
  /** What is recorded. Default: del, invalidate, clear, configure, admin; `set` and `update` may be added. */
  readonly kinds?: readonly OperationKind[];
  /** Asked once per record, in the async context of the operation. */
  readonly context?: () => AuditContext;
  /**
   * What stands for a key, tag or pattern. Default: xxh64 in hex, which says that two records concern the same, and
   * hides a key only from those who can't guess it.
   */
  readonly reference?: (text: string) => string;
  readonly clock?: Clock;
  /** Records that wait for a sink that fails. Default: 10 000. */
  readonly maxWaiting?: number;
  /** How long the sink may take for one record. Default: 5 000. */
  readonly sinkTimeoutMs?: number;
  /** Told once when the sink fails, and once when it takes records again. */
  readonly onStateChange?: (isDown: boolean, error?: unknown) => void;
}

const NAMES: OptionNames<AuditCacheMiddlewareOptions> = {
  sink: true,
  kinds: true,
  context: true,
  reference: true,
  clock: true,
  maxWaiting: true,
  sinkTimeoutMs: true,
  onStateChange: true,
};

/**
 * Records what is done to entries of any kind: invalidations, deletions, clears, changes of the configuration, calls of
 * operators. A sink that is slow or fails delays and breaks no operation.
 */
export class AuditCacheMiddleware extends BaseCacheMiddleware {
  readonly name = 'audit';
  readonly #kinds: ReadonlySet<OperationKind>;
  readonly #context: () => AuditContext;
  readonly #reference: (text: string) => string;
  readonly #clock: Clock;
  readonly #spool: AuditSpool;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(given: AuditCacheMiddlewareOptions) {
    super();
    assertOptionNames('AuditCacheMiddleware', given, NAMES);
    const { sink, clock = systemClock, ...options } = given;
    if (typeof (sink as IAuditSink | undefined)?.write !== 'function') {
      throw new CacheError('CONFIG_INVALID', 'The audit sink must have a function write(record).');
    }
    this.#kinds = new Set(options.kinds ?? KINDS);
    this.#context = options.context ?? (() => ({}));
    this.#reference = options.reference ?? hashOf;
    this.#clock = clock;
    this.#spool = new AuditSpool({
      sink,
      clock,
      maxRecords: wholeFrom1('maxWaiting', options.maxWaiting ?? 10_000),
      sinkTimeoutMs: wholeFrom1('sinkTimeoutMs', options.sinkTimeoutMs ?? 5_000),
      onStateChange: options.onStateChange ?? (() => undefined),
    });
  }

  /** Records that wait, failures of the sink, and records that found no room while it failed. */
  get counts(): { readonly waiting: number; readonly failures: number; readonly lost: number } {
    return this.#spool.counts;
  }

  get isSinkDown(): boolean {
    return this.#spool.isDown;
  }

  /** Operations that are not recorded pass as if nobody were here. */
  override handle<R extends OperationResult>(
    operation: CacheOperation,
    next: () => Promise<R>,
  ): Promise<R> {
    return this.#kinds.has(operation.kind) ? super.handle(operation, next) : next();
  }

  /** A hit changes nothing. */
  onFreshHit(): void {
    // nothing to record
  }

  /** Nor does one of the shared tier. */
  onSharedHit(): void {
    // nothing to record
  }

  /** What was changed, in whichever process, with its old and new value. */
  settingChanged(change: SettingChanged, context = change.isOwn ? this.#context() : {}): void {
    const where = change.isOwn ? '' : ' (changed by another process)';
    this.#spool.add({
      at: this.#clock.now(),
      kind: 'configure',
      outcome: 'changed',
      template: change.template ?? 'unnamed',
      references: [],
      detail: `${change.name}: ${String(change.old)} to ${String(change.new)}${where}`,
      ...contextOf(context),
    });
  }

  /** Resolves with how many records still wait, when none does or after `deadlineMs`. */
  flush(deadlineMs = 10_000): Promise<number> {
    return this.#spool.flush(deadlineMs);
  }

  /** As {@link flush}; afterwards nothing runs any more. To be called after the cache has closed. */
  close(deadlineMs = 10_000): Promise<number> {
    return this.#spool.close(deadlineMs);
  }

  protected override after(operation: CacheOperation, result: OperationResult): void {
    const { stamp } = result as { readonly stamp?: unknown };
    this.#add(operation, result.outcome, typeof stamp === 'number' ? { stamp } : {});
  }

  protected override failed(operation: CacheOperation, error: unknown): void {
    this.#add(operation, 'failed', { detail: isCacheError(error) ? error.code : 'error' });
  }

  #add(
    operation: CacheOperation,
    outcome: AuditRecord['outcome'],
    more: Pick<AuditRecord, 'stamp' | 'detail'>,
  ): void {
    this.#spool.add({
      at: this.#clock.now(),
      kind: operation.kind,
      outcome,
      template: operation.template,
      references: textsOf(operation).map((text) => this.#reference(text)),
      ...more,
      ...this.#contextNow(),
    });
  }

  /** A context that can't be had costs its two words, not the record. */
  #contextNow(): AuditContext {
    try {
      return contextOf(this.#context());
    } catch {
      return { reason: 'the context could not be had' };
    }
  }
}

function textsOf({ key, keys, pattern, tags }: CacheOperation): readonly string[] {
  if (key !== null) return [key];
  if (pattern !== null) return [pattern];
  return (keys.length > 0 ? keys : tags).slice(0, MAX_REFERENCES);
}

function contextOf({ actor, reason }: AuditContext): AuditContext {
  return { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) };
}

function hashOf(text: string): string {
  return xxh64(text).toString(16).padStart(16, '0');
}

function wholeFrom1(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 2 ** 31) return value;
  throw new CacheError(
    'CONFIG_INVALID',
    `${name} is ${String(value)}; accepted: a whole number from 1.`,
  );
}
