import { within } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import type { Subject } from '../validity/cover-hash.js';
import { Validity, type NeedlessMisses } from '../validity/validity.js';
import { worse, type Verdict } from '../validity/verdict.js';
import { hasSeenAll, isSameEpoch, type Epoch, type Fence } from './fence.js';
import { HoldOffs, type HoldOffSnapshot } from './hold-offs.js';
import { constantsOf, knowsConstants, type JournalOptions } from './journal-options.js';
import type { Coverage, JournalRecord } from './journal-record.js';
import { JournalAppender } from './journal.appender.js';
import { JournalReader } from './journal.reader.js';
import { JournalSubscriptions } from './journal.subscriptions.js';
import { Outbox, type Posting } from './outbox.js';
import { formatToken, parseToken, standing } from './read-token.js';
import { SetWatches, type SetWatch } from './set-watches.js';

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
  /** Between the newest record that this process knows of and its position, by the store's clock; 0 when it is there. */
  readonly lagMs: number;
  /** Since this process last knew everything; Infinity when it never did, or must not use the namespace. */
  readonly linkAgeMs: number;
  readonly isBlind: boolean;
  readonly queued: number;
  readonly queuedForMs: number;
  readonly needlessMisses: NeedlessMisses;
  /** Why this process refuses the namespace, or `null`. */
  readonly refusal: string | null;
}

/** A point in time that loads and their waiters can be ordered by. */
export interface Moment {
  readonly fence: Fence | null;
  /** Invalidations that this process had asked for, recorded or not. */
  readonly posted: number;
  /** The newest record of a log that lives in this process, known at once; `null` for other logs. */
  readonly newestStamp: number | null;
}

/** Wait for the own position to reach an own stamp, so that what is loaded next is not born invalid. */
const SETTLE_MS = 50;

/** The journal as the engine sees it: what is valid, and how to make things invalid. */
export class Journal {
  readonly #options: JournalOptions;
  readonly #validity: Validity;
  readonly #reader: JournalReader;
  readonly #appender: JournalAppender;
  readonly #outbox: Outbox;
  readonly #holdOffs: HoldOffs;
  readonly #watches = new SetWatches();
  readonly #subscriptions = new JournalSubscriptions();

  constructor(options: JournalOptions) {
    const { log, clock, random, maxQueued, maxHashes, sketchSlots, durable } = options;
    if (!log.poll && !log.onAppend) {
      throw new CacheError('CONFIG_INVALID', 'A journal log needs poll() or onAppend().');
    }
    this.#options = options;
    this.#validity = new Validity(sketchSlots);
    this.#holdOffs = new HoldOffs(clock);
    this.#reader = new JournalReader({
      log,
      clock,
      validity: this.#validity,
      holdOffs: this.#holdOffs,
      get constants() {
        return constantsOf(options); // a secret is there only when the log is opened
      },
      knows: (constants) => knowsConstants(constants, options),
      isDurable: durable,
      onRecord: (record) => this.#onRecord(record),
      onJump: () => this.#onJump(),
      onEpochChange: options.onEpochChange,
      onRefusal: options.onRefusal,
    });
    this.#appender = new JournalAppender({
      log,
      validity: this.#validity,
      reader: this.#reader,
      isDurable: durable,
    });
    this.#outbox = new Outbox({
      append: (...args) => this.#appender.append(...args),
      clock,
      random,
      maxQueued,
      maxHashes,
      onAttempt: options.onAttempt,
    });
  }

  get status(): JournalStatus {
    return {
      epoch: this.#validity.epoch,
      position: this.#validity.head.stamp,
      newest: this.#validity.newest,
      lagMs: this.#reader.lagMs,
      linkAgeMs: this.#reader.linkAgeMs(),
      isBlind: this.isBlind(),
      queued: this.#outbox.size,
      queuedForMs: this.#outbox.oldestAgeMs(),
      needlessMisses: this.#validity.needlessMisses,
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

  /**
   * The fence of a moment, also of one before the first sync if the log lives in this process: its records then are
   * those of that moment. `null` if nothing can be known of it.
   */
  fenceOf({ fence, newestStamp }: Moment): Fence | null {
    const { epoch } = this;
    if (fence || newestStamp === null || !epoch) return fence;
    return { epoch, position: Math.max(newestStamp, epoch.stamp) };
  }

  /** The epoch of what is known; `null` before the first sync. */
  get epoch(): Epoch | null {
    return this.#validity.epoch;
  }

  /** The position that {@link verdict} judges by. */
  get position(): number {
    return this.#validity.head.stamp;
  }

  /** This moment in the order of fences and of this process's own invalidations. */
  moment(): Moment {
    const newestStamp = this.#options.log.newestStamp ?? null;
    return { fence: this.fence(), posted: this.#outbox.posted, newestStamp };
  }

  /** Whether what was loaded from `start` on has seen everything that could be known at `arrival`. */
  hasSeen(start: Moment, arrival: Moment): boolean {
    if (start.posted < arrival.posted) return false;
    if (!arrival.fence) return true;
    return start.fence !== null && hasSeenAll(start.fence, arrival.fence);
  }

  /**
   * Whether an entry loaded at `fence` may be served. `checkedAt`: a position where it was found `valid`, or `soft` by
   * a caller who remembers that: only what is later counts.
   */
  verdict(subject: Subject, fence: Fence, checkedAt = 0): Verdict {
    const known = this.#validity.verdict(subject, fence, checkedAt);
    return this.#outbox.size === 0 ? known : worse(known, this.#outbox.verdict(subject));
  }

  /** Whether an entry loaded at `fence` may not be served; see {@link verdict}. */
  isCovered(subject: Subject, fence: Fence, checkedAt = 0): boolean {
    return this.verdict(subject, fence, checkedAt) === 'covered';
  }

  /** What a load that starts now must not store. Synchronous, as {@link fence} is, and to be taken with it. */
  holdOffs(): HoldOffSnapshot {
    return this.#holdOffs.snapshot(this.#outbox.settling);
  }

  /**
   * Calls `listener` after each invalidation that covers one of the hashes, of this process or another, and whenever
   * that could have been missed; sometimes twice. Returns what ends it. What the listener throws is ignored.
   * @param hashes pairs of 32-bit halves, as `coverHashes` makes them
   */
  subscribe(hashes: Uint32Array, listener: () => void): () => void {
    return this.#subscriptions.add(hashes, listener);
  }

  /** Age of the link to the log, in milliseconds; Infinity before the first sync and while it refuses. @param nowMs by the cache's clock */
  linkAgeMs(nowMs?: number): number {
    return this.#reader.linkAgeMs(nowMs);
  }

  /** True when this process can't know what other processes invalidated lately. */
  isBlind(): boolean {
    return this.#reader.linkAgeMs() > this.#options.blindAfterMs;
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

  /**
   * What a later read can ask {@link reach} for, here or in another process; `null` before the first sync and for 0,
   * which is no stamp.
   * @param stamp of an own record; absent: everything that counts here by now
   */
  tokenOf(stamp = this.#validity.newest): string | null {
    if (!(Number.isSafeInteger(stamp) && stamp >= 0)) {
      throw new CacheError('OPTION_INVALID', 'tokenOf takes the stamp of an invalidation.');
    }
    const { epoch } = this.#validity;
    const { namespace } = this.#options;
    return epoch && stamp > 0 ? formatToken({ namespace, epoch, stamp }) : null;
  }

  /**
   * Resolves with whether this process has applied everything up to the token: at once if it is that far, otherwise
   * after one catch-up. A history that ends earlier, or another namespace, is no reason to wait. False when the store did
   * not say, or the token is of a history that this process does not follow.
   * @throws CacheError `OPTION_INVALID`
   */
  async reach(token: string): Promise<boolean> {
    const point = parseToken(token);
    const { namespace } = this.#options;
    const standingNow = (): ReturnType<typeof standing> => {
      const fence = this.fence();
      return fence ? standing(point, namespace, fence) : 'open';
    };
    if (standingNow() === 'reached') return true;
    return (await this.catchUp()) && standingNow() !== 'elsewhere';
  }

  /**
   * The newest records as the store has them now, newest first; this process takes no note of them. Rejects when the store
   * did not answer.
   */
  async latest(limit: number): Promise<readonly JournalRecord[]> {
    return this.#options.log.readBackwards(Number.MAX_SAFE_INTEGER, limit);
  }

  /** Tries to record what waits for that, unless that was just tried; resolves when it has been. */
  flush(): Promise<void> {
    return this.#outbox.flush();
  }

  /** Whether invalidations wait to be recorded. */
  get hasQueued(): boolean {
    return this.#outbox.size > 0;
  }

  /** Records an invalidation; resolves within the deadline, recorded or queued. */
  async invalidate(coverages: readonly Coverage[]): Promise<Recorded> {
    const postings = coverages.map((coverage) => this.#outbox.post(coverage, 'invalidate'));
    const recorded = await this.#recorded(postings);
    if (recorded.recorded) await this.#settle(recorded.stamp);
    return recorded;
  }

  /** As {@link recordWatched}, of a value whose turn is now. */
  recordSet(
    subject: Subject,
    fence: Fence,
    coverage: Coverage,
  ): ReturnType<Journal['recordWatched']> {
    return this.recordWatched(this.watchSet(subject, fence), coverage);
  }

  /**
   * Watches what happens to `subject` until its new value, which was obtained at `fence`, is recorded or
   * {@link unwatch}ed: exactly, while the sketch takes other records for such that cover it the sooner the more there are.
   */
  watchSet(subject: Subject, fence: Fence): SetWatch {
    const watch = { subject, fence, posting: null, verdict: this.verdict(subject, fence) };
    this.#watches.add(watch);
    return watch;
  }

  unwatch(watch: SetWatch): void {
    this.#watches.delete(watch);
  }

  /**
   * Records that a subject gets a new value. Resolves with the fence to store it under, or `null` when something but its
   * own record covers it since it was obtained and it must not be stored; `isSoft`: it is stale from the start, for a soft
   * invalidation covers it, which its own record hides.
   * @param coverage what to make invalid
   */
  async recordWatched(
    watch: SetWatch,
    coverage: Coverage,
  ): Promise<Recorded & { readonly fence: Fence | null; readonly isSoft: boolean }> {
    const { subject, fence } = watch;
    try {
      watch.verdict = worse(watch.verdict, this.#outbox.verdict(subject));
      this.#watches.onSet(coverage);
      const posting = (watch.posting = this.#outbox.post(coverage, 'set'));
      const recorded = await this.#recorded([posting]);
      const isSettled = recorded.recorded && (await this.#settle(recorded.stamp));
      const now = this.#validity.fence();
      const isSame = now !== null && isSameEpoch(now.epoch, fence.epoch);
      const isOwn = posting.reason === 'set'; // not so when a full queue became a clear
      const isStorable = isSettled && isSame && isOwn && watch.verdict !== 'covered';
      return {
        ...recorded,
        fence: isStorable ? { epoch: fence.epoch, position: recorded.stamp } : null,
        isSoft: watch.verdict === 'soft',
      };
    } finally {
      this.unwatch(watch);
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

  #onRecord(record: JournalRecord): void {
    this.#appender.onRecord(record);
    this.#holdOffs.add(record);
    this.#watches.onRecord(record);
    this.#subscriptions.onRecord(record);
  }

  #onJump(): void {
    this.#watches.onJump();
    this.#subscriptions.onJump();
  }
}
