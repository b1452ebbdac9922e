/** What decides how long a value that was just loaded stays fresh. */
export interface AdaptiveFreshness {
  /** As the caller wrote it: where a key starts. */
  readonly staleMs: number;
  readonly bounds: { readonly minStaleMs: number; readonly maxStaleMs: number };
  /** Fresh time of the entry that is replaced, as it was stored; `null` if there was none. */
  readonly previousStaleMs: number | null;
  /** Whether the load gave what that entry held. */
  readonly isUnchanged: boolean;
}

/** Slow up, fast down: to be stale too early costs one load, too late serves an old value to everybody. */
const GROWTH = 1.5;
const SHRINKAGE = 0.5;

/**
 * The fresh time of a loaded value, in whole milliseconds, within the bounds. A load that found nothing new makes it
 * half as long again as it was, one that found a change halves it; without a predecessor it is the declared one.
 */
export function nextStaleMs({
  staleMs,
  bounds: { minStaleMs, maxStaleMs },
  previousStaleMs,
  isUnchanged,
}: AdaptiveFreshness): number {
  const next =
    previousStaleMs === null
      ? staleMs
      : isUnchanged
        ? Math.ceil(Math.max(previousStaleMs, 1) * GROWTH) // from 0 it could never grow
        : Math.floor(previousStaleMs * SHRINKAGE);
  return Math.min(Math.max(next, minStaleMs), maxStaleMs);
}
