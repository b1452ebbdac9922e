import { CoverageIndex } from './coverage.index.js';
import { isCoveredBy } from './coverage.timeline.js';
import { groupBy } from './group-by.js';
import type { HistoryEvent, InvalidationEvent, ReadEvent } from './history-event.js';

/** How long a process may be ignorant of what another one invalidated. */
export interface IgnoranceWindows {
  /** `blindAfterMs` of the cache: holds for every answer but those of the process's own tier. */
  readonly blindAfterMs: number;
  /** `blindMaxMs` of the cache: holds for the process's own tier, and where a call does not tell its tier. */
  readonly blindMaxMs: number;
  /** How far the clock of the cache (whole milliseconds, may be slewed) and that of the history differ. Default: 5. */
  readonly slackMs?: number;
}

/**
 * - `own`: the process that invalidated gave a covered value, recorded or queued
 * - `strong`: a strong read did, of whatever process
 * - `after`: a read with a token did, though the token's invalidation, or one resolved before that was called, covers it
 * - `window`: an eventual read of another process did, after more than the window
 * - `foreign`: the value is of another key, or of the future
 */
export type HistoryRule = 'own' | 'strong' | 'after' | 'window' | 'foreign';

/** A read that broke promise 1, with the invalidation that it ignored. */
export interface HistoryViolation {
  readonly rule: HistoryRule;
  readonly read: ReadEvent;
  readonly invalidation: InvalidationEvent | null;
  /** Milliseconds between the end of the invalidation and the start of the read. */
  readonly lateMs: number;
}

/** What a history shows. */
export interface HistoryFindings {
  readonly violations: readonly HistoryViolation[];
  /**
   * For each eventual read that gave what another process had already invalidated, milliseconds since that resolved, also
   * where the window allows it.
   */
  readonly lagsMs: readonly number[];
}

const MS = 1_000_000;

/**
 * Holds what processes saw against promise 1: no read that starts after an invalidation resolved gives what was looked up
 * before the write that it tells of. What was never invalidated may be as old as it likes.
 */
export function checkHistory(
  history: readonly HistoryEvent[],
  windows: IgnoranceWindows,
): HistoryFindings {
  const invalidations = history.filter((event) => event.type === 'invalidation');
  const judge = new ReadJudge(invalidations, windows);
  const reads = history.filter((event) => event.type === 'read');
  return { violations: reads.flatMap((read) => judge.judge(read) ?? []), lagsMs: judge.lagsMs };
}

class ReadJudge {
  readonly lagsMs: number[] = [];
  readonly #windows: Required<IgnoranceWindows>;
  readonly #byId: ReadonlyMap<string, InvalidationEvent>;
  readonly #recorded: CoverageIndex;
  /** By worker. */
  readonly #own: ReadonlyMap<number, CoverageIndex>;

  constructor(invalidations: readonly InvalidationEvent[], windows: IgnoranceWindows) {
    this.#windows = { slackMs: 5, ...windows };
    this.#byId = new Map(invalidations.map((one) => [one.id, one]));
    this.#recorded = new CoverageIndex(invalidations.filter(({ recorded }) => recorded));
    const byWorker = groupBy(invalidations, ({ worker }) => worker);
    this.#own = new Map([...byWorker].map(([worker, own]) => [worker, new CoverageIndex(own)]));
  }

  /** The first rule that the read breaks. */
  judge(read: ReadEvent): HistoryViolation | null {
    const { key, tags, value } = read;
    if (value.key !== key || value.lookedAtNs > read.endedAtNs) return violation('foreign', read);
    const own = this.#own.get(read.worker)?.firstAgainst(key, tags, value.lookedAtNs);
    if (own && own.endedAtNs < read.startedAtNs) return violation('own', read, own);
    const after = read.after === undefined ? undefined : this.#byId.get(read.after);
    if (after?.recorded && isOld(read, after)) return violation('after', read, after);
    const first = this.#recorded.firstAgainst(key, tags, value.lookedAtNs);
    if (!first || first.endedAtNs >= read.startedAtNs) return null;
    if (read.how === 'strong') return violation('strong', read, first);
    if (after?.recorded && first.endedAtNs < after.startedAtNs) {
      return violation('after', read, first);
    }
    const lagMs = lateMs(read, first);
    this.lagsMs.push(lagMs);
    return lagMs > this.#windowMs(read) ? violation('window', read, first) : null;
  }

  #windowMs({ tier }: ReadEvent): number {
    const { blindAfterMs, blindMaxMs, slackMs } = this.#windows;
    const isOwnTier = tier === 'l1' || tier === undefined;
    return slackMs + (isOwnTier ? Math.max(blindAfterMs, blindMaxMs) : blindAfterMs);
  }
}

function isOld({ key, tags, value, startedAtNs }: ReadEvent, one: InvalidationEvent): boolean {
  const isBefore = value.lookedAtNs < one.writtenAtNs && one.endedAtNs < startedAtNs;
  return isBefore && isCoveredBy(one.covers, key, tags);
}

function lateMs({ startedAtNs }: ReadEvent, { endedAtNs }: InvalidationEvent): number {
  return (startedAtNs - endedAtNs) / MS;
}

function violation(
  rule: HistoryRule,
  read: ReadEvent,
  invalidation: InvalidationEvent | null = null,
): HistoryViolation {
  return { rule, read, invalidation, lateMs: invalidation ? lateMs(read, invalidation) : 0 };
}
