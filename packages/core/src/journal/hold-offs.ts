import type { Clock } from '../clock/clock.js';
import type { Subject } from '../validity/cover-hash.js';
import { covers, coverageTest } from '../validity/pending-coverage.js';
import type { Coverage, JournalRecord } from './journal-record.js';

/** Longest hold-off, milliseconds: a record that asks for more gets this. */
export const MAX_SETTLE_MS = 60_000;
/** Beyond so many at a time, everything is held off. */
const MAX_HOLD_OFFS = 64;

/** What was held off when a load started. */
export interface HoldOffSnapshot {
  /** Whether what the load gave for `subject` must not be stored: its source may have lagged behind a write. */
  covers(subject: Subject): boolean;
}

const NOTHING_HELD: HoldOffSnapshot = Object.freeze({ covers: () => false });
const ALL_HELD: HoldOffSnapshot = Object.freeze({ covers: () => true });

interface Span {
  readonly lengthMs: number;
  endsAt: number;
}

interface HoldOff extends Span {
  readonly stamp: number;
  readonly nonce: number;
  readonly covers: (subject: Subject) => boolean;
}

/** How long an invalidation holds loads off, in milliseconds, within bounds; 0 for most. */
export function settleMsOf({ settleMs = 0 }: Coverage): number {
  return settleMs > 0 ? Math.min(settleMs, MAX_SETTLE_MS) : 0;
}

/**
 * Invalidations that ask to wait until a lagging source has settled: what is loaded from within that time on is
 * handed out, but not stored. The time counts from when this process learned of the record. Bounded; what does not
 * fit, or may have been missed, holds everything off.
 */
export class HoldOffs {
  readonly #clock: Clock;
  #held: HoldOff[] = [];
  /** What did not fit, or was lost. */
  #all: Span | null = null;
  /** A stretch of the journal that was skipped and is not yet read. */
  #unread: Span | null = null;
  #longestMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * What is held off now; one shared object when nothing is.
   * @param pending coverages on their way into the journal
   */
  snapshot(pending?: ReadonlySet<Coverage>): HoldOffSnapshot {
    const isPending = pending !== undefined && pending.size > 0;
    if (this.#held.length === 0 && !this.#all && !this.#unread && !isPending) return NOTHING_HELD;
    this.#prune();
    if (this.#all || this.#unread || (isPending && pending.size > MAX_HOLD_OFFS)) return ALL_HELD;
    const held = this.#held;
    const coming = isPending ? [...pending] : [];
    if (held.length + coming.length === 0) return NOTHING_HELD;
    return {
      covers: (subject) =>
        held.some((one) => one.covers(subject)) || coming.some((one) => covers(one, subject)),
    };
  }

  /** Counts a record as just applied, once. @param ageMs by which it is older at least */
  add({ stamp, nonce, body }: JournalRecord, ageMs = 0): void {
    if (body.kind === 'genesis') return;
    const lengthMs = settleMsOf(body);
    if (lengthMs <= ageMs) return;
    this.#longestMs = Math.max(this.#longestMs, lengthMs);
    if (this.#held.some((one) => one.stamp === stamp && one.nonce === nonce)) return;
    this.#prune();
    const span = this.#span(lengthMs);
    if (this.#held.length < MAX_HOLD_OFFS) {
      this.#held = [...this.#held, { ...span, stamp, nonce, covers: coverageTest(body) }];
    } else {
      this.#holdAll([...this.#held, span]);
      this.#held = [];
    }
  }

  /** History may be lost, and hold-offs with it; of no concern where none was ever asked for. */
  onLoss(): void {
    if (this.#longestMs > 0) this.#holdAll([this.#span(this.#longestMs)]);
  }

  /** Records were skipped: everything is held off until {@link onRead}, but no longer than any of them could ask for. */
  onSkip(): void {
    this.#unread = this.#span(MAX_SETTLE_MS);
  }

  /** All skipped records that could still hold something off have been added. */
  onRead(): void {
    this.#unread = null;
  }

  #holdAll(spans: readonly Span[]): void {
    const all = this.#all ? [this.#all, ...spans] : spans;
    this.#all = {
      lengthMs: Math.max(...all.map(({ lengthMs }) => lengthMs)),
      endsAt: Math.max(...all.map(({ endsAt }) => endsAt)),
    };
  }

  #span(lengthMs: number): Span {
    return { lengthMs, endsAt: this.#clock.now() + lengthMs };
  }

  #prune(): void {
    const now = this.#clock.now();
    if (this.#held.some((one) => isOver(one, now))) {
      this.#held = this.#held.filter((one) => !isOver(one, now));
    }
    if (this.#all && isOver(this.#all, now)) this.#all = null;
    if (this.#unread && isOver(this.#unread, now)) this.#unread = null;
  }
}

/** A clock that was set back starts the span anew instead of stretching it. */
function isOver(span: Span, now: number): boolean {
  span.endsAt = Math.min(span.endsAt, now + span.lengthMs);
  return span.endsAt <= now;
}
