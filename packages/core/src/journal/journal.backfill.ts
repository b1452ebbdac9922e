import type { Validity } from '../validity/validity.js';
import { verdictOf } from '../validity/verdict.js';
import { isSameEpoch, type Epoch } from './fence.js';
import { MAX_SETTLE_MS, type HoldOffs } from './hold-offs.js';
import type { IJournalLog } from './journal-log.js';
import type { JournalRecord } from './journal-record.js';

const PAGE = 1000;

/** A stretch of the log that was skipped, from `head` back to `until`, below which `floor` holds. */
interface Gap {
  /** Stamp of the record that was jumped to. */
  readonly head: number;
  readonly until: number;
  readonly floor: number;
  /** The earliest record read so far; `null` before the first. */
  oldest: JournalRecord | null;
  /** Everything in it that could make an entry invalid is known. */
  isLearned: boolean;
  /** Everything in it that could still hold a load off is known. */
  isSettled: boolean;
  /** An older gap that was still open when this one appeared. */
  readonly older: Gap | null;
}

/**
 * Reads the log backwards after a start or a resync, raising the sketch and lowering the floor, down to the genesis,
 * a clear, what was known before, or the oldest record kept. Until then older entries are needless misses. On the way
 * it finds the hold-offs that may still stand, in earlier epochs too: until then everything is held off.
 */
export class JournalBackfill {
  readonly #log: IJournalLog;
  readonly #validity: Validity;
  readonly #holdOffs: HoldOffs;
  #gap: Gap | null = null;
  #page: Promise<readonly JournalRecord[]> | null = null;
  #isRunning = false;
  #run: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(log: IJournalLog, validity: Validity, holdOffs: HoldOffs) {
    this.#log = log;
    this.#validity = validity;
    this.#holdOffs = holdOffs;
  }

  /** Takes `record` as the new position and fills what lies between it and what was known. */
  jumpTo(record: JournalRecord): void {
    const { epoch, head, floor } = this.#validity;
    const isSame = epoch !== null && isSameEpoch(epoch, record.epoch);
    this.#validity.startAt(record);
    this.#holdOffs.onSkip();
    this.#gap = {
      head: record.stamp,
      until: isSame ? head.stamp : 0,
      floor,
      oldest: null,
      isLearned: false,
      isSettled: false,
      older: isSame ? this.#gap : null,
    };
    this.run();
  }

  /** Goes on with what is left, if anything; a failure leaves the floor where it is until the next call. */
  run(): void {
    if (!this.#gap || this.#isRunning || this.#isClosed) return;
    this.#run = this.#fill().catch(() => undefined);
  }

  /** Resolves when the page that is being read has come or failed: for most journals that is all that matters. */
  async pageRead(): Promise<void> {
    await this.#page?.catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#run;
  }

  async #fill(): Promise<void> {
    this.#isRunning = true;
    try {
      while (this.#gap && !this.#isClosed) await this.#fillFrom(this.#gap);
    } finally {
      this.#isRunning = false; // in the step that saw that nothing is left: what is skipped from here on starts anew
    }
  }

  /** Reads one page, and goes on to the next older gap where this one is closed by it. */
  async #fillFrom(gap: Gap): Promise<void> {
    const epoch = this.#validity.epoch as Epoch;
    this.#page = this.#log.readBackwards(gap.oldest?.stamp ?? gap.head + 1, PAGE);
    const page = await this.#page;
    if (gap !== this.#gap) return;
    for (const record of page) {
      if (!gap.isLearned) this.#learn(record, gap, epoch);
      if (!gap.isSettled) this.#settle(record, gap);
    }
    gap.oldest = page.at(-1) ?? gap.oldest;
    const isEnd = page.length < PAGE && isOpen(gap); // otherwise an older gap begins in this very page
    if (isEnd) endAt(gap);
    if (gapsFrom(gap).every(({ isSettled }) => isSettled)) this.#holdOffs.onRead();
    this.#gap = isEnd ? null : (gapsFrom(gap).find(isOpen) ?? null);
  }

  /** What a record means for entries: earlier epochs mean nothing, and after a clear nothing earlier does. */
  #learn(record: JournalRecord, gap: Gap, epoch: Epoch): void {
    const validity = this.#validity;
    if (!isSameEpoch(record.epoch, epoch)) return learnAll(gap);
    validity.raise(record);
    if (!record.previous || coversAll(record)) {
      validity.lowerFloor(record.stamp);
      return learnAll(gap);
    }
    validity.lowerFloor(record.previous.stamp);
    if (record.previous.stamp <= gap.until) {
      validity.lowerFloor(gap.floor);
      gap.isLearned = true;
    }
  }

  /** What a record means for loads. Its age is told against a head that may be old itself: never too high. */
  #settle(record: JournalRecord, gap: Gap): void {
    const end = Math.max(gap.until, gap.head - MAX_SETTLE_MS * 1_000);
    if (record.stamp > gap.until) this.#holdOffs.add(record, (gap.head - record.stamp) / 1_000);
    gap.isSettled = Math.min(record.stamp, record.previous?.stamp ?? Infinity) <= end;
  }
}

function gapsFrom(newest: Gap): Gap[] {
  const gaps: Gap[] = [];
  for (let gap: Gap | null = newest; gap; gap = gap.older) gaps.push(gap);
  return gaps;
}

function isOpen({ isLearned, isSettled }: Gap): boolean {
  return !isLearned || !isSettled;
}

function learnAll(newest: Gap): void {
  for (const gap of gapsFrom(newest)) gap.isLearned = true;
}

/** There are no earlier records. What is missing was dropped, and is unknown, unless the oldest one is a beginning. */
function endAt(newest: Gap): void {
  learnAll(newest);
  if (newest.oldest?.body.kind !== 'genesis') return;
  for (const gap of gapsFrom(newest)) gap.isSettled = true;
}

function coversAll({ body }: JournalRecord): boolean {
  if (body.kind !== 'clear' && body.kind !== 'unknown') return false;
  return verdictOf(body) === 'covered';
}
