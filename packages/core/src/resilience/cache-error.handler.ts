import { isCacheError, type CacheErrorCode } from '../errors/cache.error.js';
import type { CacheLogger } from '../service/cache-config.js';
import type { BreakerNews } from './breaker-board.js';
import { BreakerOpenError, type BreakerState } from './circuit-breaker.service.js';

/** What can go wrong without a caller being told, and what is done instead. The compiler sees to it that none lacks. */
const DECISIONS = {
  'store-timeout': 'the read goes on without the store',
  'store-failed': 'the read goes on without the store',
  'store-write-failed': 'the value is returned, and not stored for others',
  'breaker-open': 'the store is not asked',
  'entry-corrupt': 'the entry is a miss',
  'seal-refused': 'the entry is a miss, because it is not what was sealed',
  'seal-failed': 'the entry is a miss, or is not stored, for want of its key',
  'record-refused': 'the record covers everything',
  blind: 'the entry is a miss, because nobody knows what was invalidated',
  'lease-failed': 'this process loads for itself',
  'tags-failed': 'the value is returned and not cached',
  'value-refused': 'the value is returned and not cached',
  'loader-failed': 'callers get the error of their loader',
  'refresh-failed': 'the stale value is served on',
  'settings-failed': 'the settings stay as they are',
  'audit-failed': 'the records wait for their sink',
  'warmer-failed': 'the others are warmed',
  'commit-failed': 'the transaction stays committed',
  'plugin-failed': 'its part is left out',
  'listener-failed': 'what it listened to goes on',
} as const;

export type CacheFault = keyof typeof DECISIONS;

/** How often each fault happened, since start. */
export type FaultCounts = Readonly<Record<CacheFault, number>>;

/** A state that lasts: one line when it begins, one when it is over. */
export type CacheTrouble =
  'store-down' | 'unrecorded' | 'blind' | 'refused' | 'audit-down' | 'settings-unread';

const LINES: Readonly<Record<CacheTrouble, readonly [begins: string, over: string]>> = {
  'store-down': [
    'The store cannot be reached: reads go to their loaders, invalidations are queued.',
    'The store answers again.',
  ],
  unrecorded: [
    'The store takes no invalidations: they are queued, and other processes may serve what they cover.',
    'The store takes invalidations again.',
  ],
  blind: [
    'Nothing is heard of invalidations: what is stored is not served until the journal answers.',
    'Invalidations are heard of again.',
  ],
  refused: ['The cache is not used.', 'The cache is used again.'],
  'audit-down': [
    'The audit sink takes no records: they are kept in memory until it does.',
    'The audit sink takes records again.',
  ],
  'settings-unread': [
    'The settings in the store cannot be read: those known so far stay in force.',
    'The settings in the store are read again.',
  ],
};

/** Told of every fault; gets no error, which could name what nobody may see. */
export type FaultListener = (fault: CacheFault, code: CacheErrorCode | 'foreign' | null) => void;

/**
 * The one place where a failure of the cache becomes a decision: counted, passed to metrics, and logged once per
 * transition, never per event. No key and no value is logged, and no message but those of the cache itself.
 */
export class CacheErrorHandler {
  readonly #logger: CacheLogger;
  readonly #counts = Object.fromEntries(
    Object.keys(DECISIONS).map((fault) => [fault, 0]),
  ) as Record<CacheFault, number>;
  readonly #codes = new Map<CacheErrorCode | 'foreign', number>();
  readonly #troubles = new Set<CacheTrouble>();
  /** Names of those that can't be reached, where there are several. */
  readonly #storesDown = new Set<string>();
  readonly #listeners = new Set<FaultListener>();

  constructor(logger: CacheLogger) {
    this.#logger = logger;
  }

  get counts(): FaultCounts {
    return { ...this.#counts };
  }

  /** How often errors of each class were behind the faults; `foreign`: no error of the cache's own. */
  get codes(): Readonly<Partial<Record<CacheErrorCode | 'foreign', number>>> {
    return Object.fromEntries(this.#codes);
  }

  /** Whether the store, or one of several, can't be reached. */
  get isStoreDown(): boolean {
    return this.#troubles.has('store-down') || this.#storesDown.size > 0;
  }

  /** Whether the state lasts now. */
  isIn(trouble: CacheTrouble): boolean {
    return this.#troubles.has(trouble);
  }

  /**
   * Counts a fault. A failure of the store that turns out to be a timeout, or a refusal of the breaker, counts as that.
   * @param error what was behind it, if anything was thrown
   */
  note(fault: CacheFault, error?: unknown): void {
    const named = nameOf(fault, error);
    const code = error === undefined ? null : isCacheError(error) ? error.code : 'foreign';
    this.#counts[named]++;
    if (code !== null) this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
    for (const listener of this.#listeners) this.#tell(listener, named, code);
  }

  /** Does work whose failure is a fault and nothing else; never rejects unless `fallback` throws. */
  async guard<T, F>(
    fault: CacheFault,
    work: () => T | PromiseLike<T>,
    fallback: () => F,
  ): Promise<T | F> {
    try {
      return await work();
    } catch (error) {
      this.note(fault, error);
      return fallback();
    }
  }

  /** A state begins; said once until it is over. @param error named in the line if it is one of the cache's own */
  begin(trouble: CacheTrouble, error?: unknown): void {
    if (this.#troubles.has(trouble)) return;
    this.#troubles.add(trouble);
    this.#say('warn', LINES[trouble][0] + reasonOf(error));
  }

  end(trouble: CacheTrouble): void {
    if (this.#troubles.delete(trouble)) this.#say('log', LINES[trouble][1]);
  }

  /** For the breaker's `onStateChange`: an open breaker is a store that is down until it is closed again. */
  readonly breakerChanged = (state: BreakerState, error?: unknown): void => {
    if (state === 'open') this.begin('store-down', error);
    if (state === 'closed') this.end('store-down');
  };

  /** As {@link breakerChanged}, for one of several stores. */
  readonly storeChanged = (store: string, news: BreakerNews, error?: unknown): void => {
    const name = JSON.stringify(store.slice(0, 80));
    if (news === 'open' && !this.#storesDown.has(store)) {
      this.#storesDown.add(store);
      const line = `The store ${name} cannot be reached: reads of its keys go to their loaders.`;
      this.#say('warn', line + reasonOf(error));
    }
    if (news === 'open' || news === 'half-open' || !this.#storesDown.delete(store)) return;
    const end = news === 'closed' ? 'answers again' : 'is asked for nothing any more';
    this.#say('log', `The store ${name} ${end}.`);
  };

  /** Tells `listener` of every fault from now on. Returns what ends that. */
  onFault(listener: FaultListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(listener: FaultListener, fault: CacheFault, code: CacheErrorCode | 'foreign' | null): void {
    try {
      listener(fault, code);
    } catch {
      this.#counts['listener-failed']++; // not noted: the listener would be told of itself
    }
  }

  #say(level: 'warn' | 'log', line: string): void {
    try {
      this.#logger[level](line);
    } catch {
      this.#counts['listener-failed']++; // a broken logger breaks no read
    }
  }
}

/** Only what the cache itself says is said again. */
function reasonOf(error: unknown): string {
  return isCacheError(error) ? ` (${error.code}: ${error.message})` : '';
}

function nameOf(fault: CacheFault, error: unknown): CacheFault {
  if (isCacheError(error) && error instanceof BreakerOpenError) return 'breaker-open';
  return fault === 'store-failed' && isCacheError(error, 'STORE_TIMEOUT') ? 'store-timeout' : fault;
}
