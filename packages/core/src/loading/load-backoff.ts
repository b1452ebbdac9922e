import { LRUCache } from 'lru-cache';

import type { Clock } from '../clock/clock.js';
import { isCacheError } from '../errors/cache.error.js';
import type { Fence } from '../journal/fence.js';
import type { Journal } from '../journal/journal.js';
import type { Subject } from '../validity/cover-hash.js';

const MAX_KEYS = 10_000;
/** A caller who waits is refused only after this many failures in a row: one or two may be chance. */
const FOREGROUND_FROM = 3;
const FOREGROUND_MS = { first: 100, max: 5_000 };
const BACKGROUND_MS = { first: 1_000, max: 60_000 };

/** Failures in a row of one key. */
interface Failures {
  readonly count: number;
  readonly error: unknown;
  readonly at: number;
  /** An invalidation that covers the key since then makes the failures a matter of the past. */
  readonly subject: Subject;
  readonly fence: Fence | null;
}

/** Who asks: a caller that waits, or a refresh that nobody waits for. */
export type LoadKind = 'foreground' | 'refresh';

/**
 * Keeps loaders that fail from being called again at once: exponentially longer for each failure in a row (capped),
 * per key and process. Refreshes give way from the first failure, callers from the third.
 */
export class LoadBackOff {
  readonly #clock: Clock;
  readonly #journal: Pick<Journal, 'isCovered'>;
  readonly #failures = new LRUCache<string, Failures>({
    maxSize: MAX_KEYS, // `max` would take the room for all of them at once
    sizeCalculation: () => 1,
  });

  constructor(clock: Clock, journal: Pick<Journal, 'isCovered'>) {
    this.#clock = clock;
    this.#journal = journal;
  }

  /** The last failure, if the loader should not be called yet. */
  refusal(key: string, kind: LoadKind): Pick<Failures, 'error'> | null {
    const failures = this.#failures.peek(key);
    if (!failures) return null;
    const elapsedMs = this.#clock.now() - failures.at;
    // A wall clock that was set back is over as well: nobody waits for it to catch up.
    if (elapsedMs < 0 || elapsedMs >= pauseMs(failures.count, kind)) return null;
    const { subject, fence } = failures;
    return fence && this.#journal.isCovered(subject, fence) ? null : failures;
  }

  failed(key: string, error: unknown, subject: Subject, fence: Fence | null): void {
    if (!countsAsOutage(error)) return;
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    this.#failures.set(key, { count, error, at: this.#clock.now(), subject, fence });
  }

  succeeded(key: string): void {
    if (this.#failures.size > 0) this.#failures.delete(key);
  }
}

/** What is wrong is the call, or its value. */
const NO_OUTAGES = ['LOAD_REENTRANT', 'VALUE_INVALID', 'ACCESS_MISSING'] as const;

/**
 * Whether an error says that the source is in trouble; one with a 4xx status is an answer to this very request, and
 * neither held against the key nor shared.
 */
export function countsAsOutage(error: unknown): boolean {
  if (NO_OUTAGES.some((code) => isCacheError(error, code))) return false;
  const status = statusOf(error);
  return !(status >= 400 && status < 500);
}

/** What is thrown may be anything, also something that can't be looked at. */
function statusOf(error: unknown): number {
  try {
    const { status, statusCode } = error as { status?: unknown; statusCode?: unknown };
    return typeof status === 'number' ? status : typeof statusCode === 'number' ? statusCode : 0;
  } catch {
    return 0;
  }
}

function pauseMs(count: number, kind: LoadKind): number {
  const from = kind === 'refresh' ? 1 : FOREGROUND_FROM;
  const { first, max } = kind === 'refresh' ? BACKGROUND_MS : FOREGROUND_MS;
  return count < from ? 0 : Math.min(max, first * 2 ** (count - from));
}
