import type { Validity } from '../validity/validity.js';
import { isSameEpoch, type Epoch } from './fence.js';
import type { IJournalLog } from './journal-log.js';
import type { JournalRecord } from './journal-record.js';

const PAGE = 1000;

/** A stretch of the log that was skipped: from `before` (exclusive) back to `until`, below which `floor` holds. */
interface Gap {
  before: number;
  readonly until: number;
  readonly floor: number;
  /** An older gap that was still open when this one appeared. */
  readonly older: Gap | null;
}

/**
 * Reads the log backwards after a start or a resync, raising the sketch and lowering the floor, down to the genesis,
 * a clear, what was known before, or the oldest record kept. Until then older entries are needless misses.
 */
export class JournalBackfill {
  readonly #log: IJournalLog;
  readonly #validity: Validity;
  #gap: Gap | null = null;
  #running: Promise<void> | null = null;
  #isClosed = false;

  constructor(log: IJournalLog, validity: Validity) {
    this.#log = log;
    this.#validity = validity;
  }

  /** Takes `record` as the new position and fills what lies between it and what was known. */
  jumpTo(record: JournalRecord): void {
    const { epoch, head, floor } = this.#validity;
    const isSame = epoch !== null && isSameEpoch(epoch, record.epoch);
    this.#validity.startAt(record);
    this.#gap = {
      before: record.stamp + 1,
      until: isSame ? head.stamp : 0,
      floor,
      older: isSame ? this.#gap : null,
    };
    this.run();
  }

  /** Goes on with what is left, if anything; a failure leaves the floor where it is until the next call. */
  run(): void {
    if (!this.#gap || this.#running || this.#isClosed) return;
    this.#running = this.#fill()
      .catch(() => undefined)
      .finally(() => (this.#running = null));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #fill(): Promise<void> {
    while (this.#gap && !this.#isClosed) {
      const gap: Gap = this.#gap;
      const epoch = this.#validity.epoch as Epoch;
      const page = await this.#log.readBackwards(gap.before, PAGE);
      if (gap !== this.#gap) continue;
      gap.before = page.at(-1)?.stamp ?? 0;
      const next = this.#learn(page, gap, epoch);
      if (next !== gap || page.length < PAGE) this.#gap = next === gap ? null : next;
    }
  }

  /** What is left to fill after `page`: the same gap, an older one, or nothing. */
  #learn(page: readonly JournalRecord[], gap: Gap, epoch: Epoch): Gap | null {
    const validity = this.#validity;
    for (const record of page) {
      if (!isSameEpoch(record.epoch, epoch)) return null;
      validity.raise(record);
      const { kind } = record.body;
      if (kind === 'genesis' || kind === 'clear' || kind === 'unknown' || !record.previous) {
        validity.lowerFloor(record.stamp);
        return null;
      }
      validity.lowerFloor(record.previous.stamp);
      if (record.previous.stamp <= gap.until) {
        validity.lowerFloor(gap.floor);
        return gap.older;
      }
    }
    return gap;
  }
}
