import { compareEpochs, isSameEpoch, type Epoch, type Fence } from '../journal/fence.js';
import type { JournalRecord, RecordRef } from '../journal/journal-record.js';
import { CollisionEstimate } from './collision-estimate.js';
import type { Subject } from './cover-hash.js';
import { CoverageLedger } from './coverage-ledger.js';
import { verdictOf, type Verdict } from './verdict.js';

/** Checks that were refused although nothing may have covered the entry, since this process began. */
export interface NeedlessMisses {
  /** Other hashes share the entry's slots in the sketch; an estimate. */
  readonly byCollision: number;
  /** The entry is older than what this process knows of the journal. */
  readonly byFloor: number;
}

/**
 * What this process knows of the journal, and the one question that everything about freshness follows from: is this
 * entry covered by an invalidation with a stamp later than its fence? Synchronous, without I/O and without a clock.
 *
 * `position` ends the unbroken run of applied records and is the only thing used as a fence; `newest` is the highest
 * stamp raised and serves the first, cheap test only.
 */
export class Validity {
  readonly #sketchSlots: number;
  readonly #hard: CoverageLedger;
  /** `null` until something is invalidated softly. */
  #soft: CoverageLedger | null = null;
  readonly #collisions = new CollisionEstimate();
  #missesByFloor = 0;
  #epoch: Epoch | null = null;
  #head: RecordRef = { stamp: 0, nonce: 0 };
  #newest = 0;
  /** Invalidations up to here may be unknown to this process. */
  #unknownUpTo = Infinity;

  /** @param sketchSlots a power of two; 8 bytes each, and as much again from the first soft invalidation on. */
  constructor(sketchSlots = 2 ** 20) {
    this.#sketchSlots = sketchSlots;
    this.#hard = new CoverageLedger(sketchSlots);
  }

  /** `null` before the first sync. */
  get epoch(): Epoch | null {
    return this.#epoch;
  }

  /** The last record of the unbroken run that was applied. */
  get head(): RecordRef {
    return this.#head;
  }

  get newest(): number {
    return this.#newest;
  }

  /** Entries with an earlier fence are refused, whatever they are. */
  get floor(): number {
    return Math.max(this.#unknownUpTo, this.#hard.clearedAt);
  }

  get needlessMisses(): NeedlessMisses {
    return { byCollision: this.#collisions.count, byFloor: this.#missesByFloor };
  }

  /** The fence of a load that starts now; `null` before the first sync, when nothing may be stored. */
  fence(): Fence | null {
    return this.#epoch && { epoch: this.#epoch, position: this.#head.stamp };
  }

  /**
   * Takes `record` as the head without having seen what came before it: ready at once, with everything older refused
   * until {@link raise} and {@link lowerFloor} have read backwards. A new epoch forgets all that was known.
   */
  startAt(record: JournalRecord): void {
    if (!this.#epoch || compareEpochs(this.#epoch, record.epoch) !== 0) {
      this.#hard.clear();
      this.#soft?.clear();
      this.#newest = 0;
      this.#epoch = record.epoch;
    }
    this.#unknownUpTo = record.stamp;
    this.#head = { stamp: record.stamp, nonce: record.nonce };
    this.raise(record);
  }

  /** Applies the record that follows the head. The caller has checked the link. */
  apply(record: JournalRecord): void {
    this.raise(record);
    this.#head = { stamp: record.stamp, nonce: record.nonce };
  }

  /** Makes a record count before its turn (an own reply, or one read backwards). */
  raise({ body, stamp }: JournalRecord): void {
    if (body.kind !== 'genesis') {
      if (verdictOf(body) === 'covered') this.#hard.raise(body, stamp);
      else (this.#soft ??= new CoverageLedger(this.#sketchSlots)).raise(body, stamp);
    }
    this.#newest = Math.max(this.#newest, stamp);
  }

  /** Everything later than `stamp` is known now. Never raises the floor. */
  lowerFloor(stamp: number): void {
    this.#unknownUpTo = Math.min(this.#unknownUpTo, stamp);
  }

  /**
   * Whether an entry loaded at `fence` may be served.
   * @param checkedAt a position up to which this process has checked it: only what is later counts; 0 for never.
   */
  verdict(subject: Subject, fence: Fence, checkedAt = 0): Verdict {
    if (!this.#epoch || !isSameEpoch(fence.epoch, this.#epoch)) return 'covered';
    if (checkedAt >= this.#newest) return 'valid';
    const after = Math.max(fence.position, checkedAt);
    if (this.#hard.covers(subject, after)) return 'covered';
    if (after < this.#unknownUpTo) {
      this.#missesByFloor++;
      return 'covered';
    }
    if (after < this.#hard.newest) {
      this.#collisions.observe(this.#hard.sketch, subject.hashes.length / 2, after);
    }
    return this.#soft?.covers(subject, after) ? 'soft' : 'valid';
  }

  /** Whether an entry loaded at `fence` may not be served; see {@link verdict}. */
  isCovered(subject: Subject, fence: Fence, checkedAt = 0): boolean {
    return this.verdict(subject, fence, checkedAt) === 'covered';
  }
}
