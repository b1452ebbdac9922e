import { compareEpochs, isSameEpoch, type Epoch, type Fence } from '../journal/fence.js';
import type { Coverage, JournalRecord, RecordRef } from '../journal/journal-record.js';
import type { Subject } from './cover-hash.js';
import { compileGlob } from './glob.js';
import { Sketch } from './sketch.js';

const MAX_GLOBS = 256;

interface AppliedGlob {
  readonly matches: (key: string) => boolean;
  readonly stamp: number;
}

/**
 * What this process knows of the journal, and the one question that everything about freshness follows from: is this
 * entry covered by an invalidation with a stamp later than its fence? Synchronous, without I/O and without a clock.
 *
 * `position` ends the unbroken run of applied records and is the only thing used as a fence; `newest` is the highest
 * stamp raised and serves the first, cheap test only.
 */
export class Validity {
  readonly #sketch: Sketch;
  readonly #globs = new Map<string, AppliedGlob>();
  #epoch: Epoch | null = null;
  #head: RecordRef = { stamp: 0, nonce: 0 };
  #newest = 0;
  /** Invalidations up to here may be unknown to this process. */
  #unknownUpTo = Infinity;
  /** The latest invalidation that covers everything. */
  #clearedAt = 0;

  /** @param sketchSlots a power of two; 8 bytes each. */
  constructor(sketchSlots = 2 ** 20) {
    this.#sketch = new Sketch(sketchSlots);
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
    return Math.max(this.#unknownUpTo, this.#clearedAt);
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
      this.#sketch.clear();
      this.#globs.clear();
      this.#clearedAt = 0;
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
  raise(record: JournalRecord): void {
    if (record.body.kind !== 'genesis') this.#cover(record.body, record.stamp);
    this.#newest = Math.max(this.#newest, record.stamp);
  }

  /** Everything later than `stamp` is known now. Never raises the floor. */
  lowerFloor(stamp: number): void {
    this.#unknownUpTo = Math.min(this.#unknownUpTo, stamp);
  }

  /**
   * Whether an entry loaded at `fence` may not be served.
   * @param checkedAt a position at which this process found it valid before; 0 if it never did.
   */
  isCovered(subject: Subject, fence: Fence, checkedAt = 0): boolean {
    if (!this.#epoch || !isSameEpoch(fence.epoch, this.#epoch)) return true;
    if (checkedAt >= this.#newest) return false;
    const after = Math.max(fence.position, checkedAt);
    if (after < this.floor) return true;
    return this.#sketch.isRaised(subject.hashes, after) || this.#isMatched(subject.baseKey, after);
  }

  #cover(coverage: Coverage, stamp: number): void {
    switch (coverage.kind) {
      case 'hashes':
        this.#sketch.raise(coverage.hashes, stamp);
        break;
      case 'glob':
        this.#addGlob(coverage.pattern, stamp);
        break;
      case 'clear':
      case 'unknown':
        this.#clearedAt = Math.max(this.#clearedAt, stamp);
        break;
    }
  }

  /** Globs are kept by their last use; the one that no longer fits becomes a clear of its own stamp. */
  #addGlob(pattern: string, stamp: number): void {
    const known = this.#globs.get(pattern);
    if (known && known.stamp >= stamp) return;
    this.#globs.delete(pattern);
    this.#globs.set(pattern, { matches: known?.matches ?? compileGlob(pattern), stamp });
    if (this.#globs.size <= MAX_GLOBS) return;
    const [oldest, glob] = [...this.#globs].reduce((a, b) => (a[1].stamp <= b[1].stamp ? a : b));
    this.#globs.delete(oldest);
    this.#clearedAt = Math.max(this.#clearedAt, glob.stamp);
  }

  #isMatched(key: string, after: number): boolean {
    for (const glob of this.#globs.values()) {
      if (glob.stamp > after && glob.matches(key)) return true;
    }
    return false;
  }
}
