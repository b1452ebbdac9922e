import { within, type Clock } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import { COVER_HASH, type Subject } from '../validity/cover-hash.js';
import { covers } from '../validity/pending-coverage.js';
import { Validity } from '../validity/validity.js';
import { isSameEpoch, type Epoch, type Fence } from './fence.js';
import { FORMAT } from './format.js';
import type { IJournalLog } from './journal-log.js';
import type { Coverage, JournalRecord } from './journal-record.js';
import { JournalReader } from './journal.reader.js';
import { Outbox, type Posting } from './outbox.js';

const CONSTANTS = `${FORMAT};${COVER_HASH}`;

export interface JournalOptions {
  readonly log: IJournalLog;
  readonly clock: Clock;
  readonly random: () => number;
  /** A power of two; 8 bytes each. */
  readonly sketchSlots: number;
  readonly maxQueued: number;
  /** How long an invalidation waits for the store before it resolves as queued. */
  readonly deadlineMs: number;
  /** Link age from which eventual reads no longer trust the position. */
  readonly blindAfterMs: number;
  readonly onEpochChange: () => void;
}

/** What became of an invalidation. */
export interface Recorded {
  /** Stamp of the record in microseconds; 0 if it is not recorded. */
  readonly stamp: number;
  readonly recorded: boolean;
  /** True when it waits to be recorded and will be tried again until it is. */
  readonly queued: boolean;
}

/** How far this process is with the journal. */
export interface JournalStatus {
  readonly epoch: Epoch | null;
  readonly position: number;
  readonly newest: number;
  readonly linkAgeMs: number;
  readonly isBlind: boolean;
  readonly queued: number;
  readonly queuedForMs: number;
  /** Why this process refuses the namespace, or `null`. */
  readonly refusal: string | null;
}

/** A point in time that loads and their waiters can be ordered by. */
export interface Moment {
  readonly fence: Fence | null;
  /** Invalidations that this process had asked for, recorded or not. */
  readonly posted: number;
}

/** Wait for the own position to reach an own stamp, so that what is loaded next is not born invalid. */
const SETTLE_MS = 50;

interface Watch {
  readonly subject: Subject;
  readonly posting: Posting;
  isCovered: boolean;
}

/** The journal as the engine sees it: what is valid, and how to make things invalid. */
export class Journal {
  readonly #options: JournalOptions;
  readonly #validity: Validity;
  readonly #reader: JournalReader;
  readonly #outbox: Outbox;
  readonly #watches = new Set<Watch>();

  constructor(options: JournalOptions) {
    const { log, clock, random, maxQueued, sketchSlots } = options;
    if (!log.poll && !log.onAppend) {
      throw new CacheError('CONFIG_INVALID', 'A journal log needs poll() or onAppend().');
    }
    this.#options = options;
    this.#validity = new Validity(sketchSlots);
    this.#reader = new JournalReader({
      log,
      clock,
      validity: this.#validity,
      constants: CONSTANTS,
      onRecord: (record) => this.#observe(record),
      onJump: () => this.#coverWatches(() => true),
      onEpochChange: options.onEpochChange,
    });
    this.#outbox = new Outbox({
      append: (...args) => this.#append(...args),
      clock,
      random,
      maxQueued,
    });
  }

  get status(): JournalStatus {
    return {
      epoch: this.#validity.epoch,
      position: this.#validity.head.stamp,
      newest: this.#validity.newest,
      linkAgeMs: this.#reader.linkAgeMs(),
      isBlind: this.isBlind(),
      queued: this.#outbox.size,
      queuedForMs: this.#outbox.oldestAgeMs(),
      refusal: this.#reader.refusal?.message ?? null,
    };
  }

  /** Begins to follow the log. Resolves when the first sync is done or has failed once; it is tried again then. */
  start(): Promise<void> {
    return this.#reader.start();
  }

  /** Resolves with the number of invalidations that the store never took. */
  async close(): Promise<number> {
    const left = await this.#outbox.close();
    await this.#reader.close();
    return left;
  }

  /** The fence of a load that starts now; `null` when nothing may be stored. Synchronous, as it must be. */
  fence(): Fence | null {
    return this.#reader.refusal ? null : this.#validity.fence();
  }

  /** The position that {@link isCovered} judges by. */
  get position(): number {
    return this.#validity.head.stamp;
  }

  /** This moment in the order of fences and of this process's own invalidations. */
  moment(): Moment {
    return { fence: this.fence(), posted: this.#outbox.posted };
  }

  /** Whether what was loaded from `start` on has seen everything that could be known at `arrival`. */
  hasSeen(start: Moment, arrival: Moment): boolean {
    if (start.posted < arrival.posted) return false;
    if (!arrival.fence) return true;
    return (
      start.fence !== null &&
      isSameEpoch(start.fence.epoch, arrival.fence.epoch) &&
      start.fence.position >= arrival.fence.position
    );
  }

  /** Whether an entry loaded at `fence` may not be served. `checkedAt`: a position where it was found valid. */
  isCovered(subject: Subject, fence: Fence, checkedAt = 0): boolean {
    return this.#outbox.isPending(subject) || this.#validity.isCovered(subject, fence, checkedAt);
  }

  /** Age of the link to the log, in milliseconds; Infinity before the first sync. */
  linkAgeMs(): number {
    return this.#reader.linkAgeMs();
  }

  /** True when this process can't know what other processes invalidated lately. */
  isBlind(): boolean {
    return this.#reader.linkAgeMs() > this.#options.blindAfterMs || this.#reader.refusal !== null;
  }

  /** Reads up to the head as it is after this call; false when the store did not say. */
  async catchUp(): Promise<boolean> {
    return (await this.#reader.catchUp()) && this.#reader.refusal === null;
  }

  /** Resolves, within the deadline, with whether everything up to `stamp` is applied; false for 0, which is no stamp. */
  async waitFor(stamp: number): Promise<boolean> {
    const { clock, deadlineMs } = this.#options;
    if (this.position < stamp) await within(clock, deadlineMs, this.catchUp(), () => false);
    return stamp > 0 && this.position >= stamp;
  }

  /** Records an invalidation; resolves within the deadline, recorded or queued. */
  async invalidate(coverages: readonly Coverage[]): Promise<Recorded> {
    const postings = coverages.map((coverage) => this.#outbox.post(coverage, 'invalidate'));
    const recorded = await this.#recorded(postings);
    if (recorded.recorded) await this.#settle(recorded.stamp);
    return recorded;
  }

  /**
   * Records that `subject` gets a new value which was obtained at `fence` (hashes: what to make invalid). Resolves with
   * the fence to store it under, or `null` when something else covers it in between and it must not be stored.
   */
  async recordSet(
    subject: Subject,
    fence: Fence,
    coverage: Coverage,
  ): Promise<Recorded & { readonly fence: Fence | null }> {
    const isCovered = this.isCovered(subject, fence);
    this.#coverWatches((other) => covers(coverage, other.subject));
    const watch: Watch = { subject, posting: this.#outbox.post(coverage, 'set'), isCovered };
    this.#watches.add(watch);
    try {
      const recorded = await this.#recorded([watch.posting]);
      const isSettled = recorded.recorded && (await this.#settle(recorded.stamp));
      const now = this.#validity.fence();
      const isSame = now !== null && isSameEpoch(now.epoch, fence.epoch);
      const isOwn = watch.posting.coverage === coverage; // not so when a full queue became a clear
      const isStorable = isSettled && isSame && isOwn && !watch.isCovered;
      return {
        ...recorded,
        fence: isStorable ? { epoch: fence.epoch, position: recorded.stamp } : null,
      };
    } finally {
      this.#watches.delete(watch);
    }
  }

  async #recorded(postings: readonly Posting[]): Promise<Recorded> {
    const { clock, deadlineMs } = this.#options;
    const records = Promise.all(postings.map(({ recorded }) => recorded));
    const done = await within(clock, deadlineMs, records, () => null);
    if (!done) return { stamp: 0, recorded: false, queued: true };
    return { stamp: Math.max(...done.map(({ stamp }) => stamp)), recorded: true, queued: false };
  }

  async #settle(stamp: number): Promise<boolean> {
    if (this.position >= stamp) return true;
    return within(this.#options.clock, SETTLE_MS, this.waitFor(stamp), () => false);
  }

  /** Appends and applies the reply before anyone learns of it. */
  async #append(coverage: Coverage, nonce: number): Promise<JournalRecord> {
    const { log } = this.#options;
    if (!this.#validity.epoch) await this.#reader.sync();
    let record = await log.append(coverage, nonce);
    if (!record) {
      await this.#reader.sync();
      record = await log.append(coverage, nonce);
    }
    if (!record) {
      throw new CacheError('STORE_UNAVAILABLE', 'The journal has no history to append to.');
    }
    this.#reader.take(record);
    return record;
  }

  #observe(record: JournalRecord): void {
    if (record.body.kind === 'genesis') return;
    const { body, nonce } = record;
    this.#coverWatches(({ posting, subject }) => nonce !== posting.nonce && covers(body, subject));
  }

  #coverWatches(isCovered: (watch: Watch) => boolean): void {
    for (const watch of this.#watches) watch.isCovered ||= isCovered(watch);
  }
}
