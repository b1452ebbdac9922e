import type { Clock } from '../clock/clock.js';
import { CacheError, isCacheError } from '../errors/cache.error.js';
import type { Validity } from '../validity/validity.js';
import { compareEpochs, isSameEpoch, type Epoch } from './fence.js';
import type { HoldOffs } from './hold-offs.js';
import type { IJournalLog, JournalHead, JournalSlice } from './journal-log.js';
import { isSameRecord, type JournalRecord, type RecordRef } from './journal-record.js';
import { JournalBackfill } from './journal.backfill.js';
import { LinkAge } from './link-age.js';

const PAGE = 1000;
/** Beyond so many, catching up counts as failed. */
const MAX_PAGES = 100;
/** Tries to begin an epoch that is later than the one held, against others who begin earlier ones. */
const MAX_ADVANCES = 8;
/** Short enough that an idle link is never taken for a dead one: link age peaks at twice this. */
const POLL_MS = 400;
/** The cadence of a tail that always finds something, so that many readers don't wear the store out. */
const PACE_MS = 5;
const RETRY_MS = { min: 50, max: 2_000 };

/** What one answer of the log proves about what this process knows. */
type Finding = 'current' | 'behind' | 'moved' | 'lost';

/** Where a process was when it asked. */
interface Known {
  /** `null` before the first sync. */
  readonly epoch: Epoch | null;
  readonly head: RecordRef;
}

export interface JournalReaderOptions {
  readonly log: IJournalLog;
  readonly validity: Validity;
  readonly holdOffs: HoldOffs;
  /** This process's own constants; a namespace with others is refused. */
  readonly constants: string;
  /** Whether a namespace with other constants can be followed all the same. */
  readonly knows?: ((constants: string) => boolean) | undefined;
  readonly clock: Clock;
  /** The store loses no records that it took: another incarnation alone is no loss. */
  readonly isDurable?: boolean | undefined;
  /** Sees each record at least once, right after it counts, before or in its turn; but not those that a jump skips. */
  readonly onRecord: (record: JournalRecord) => void;
  /** The position jumped: anything may have been invalidated in between. */
  readonly onJump: () => void;
  /** The epoch changed for a reason other than the first sync. */
  readonly onEpochChange: () => void;
  /** The namespace must not be used from now on, or may be again. */
  readonly onRefusal?: ((refusal: CacheError | null) => void) | undefined;
}

/** Keeps a {@link Validity} in step with the log: first sync, tail, catch-up, resync, epoch changes. */
export class JournalReader {
  readonly #options: JournalReaderOptions;
  readonly #closing = new AbortController();
  #unsubscribe: (() => void) | undefined;
  #tail: Promise<void> = Promise.resolve();
  readonly #backfill: JournalBackfill;
  #syncing: Promise<void> | null = null;
  #catchingUp: Promise<boolean> | null = null;
  readonly #age: LinkAge;
  #refusal: CacheError | null = null;
  /** The latest stamp that the log showed as its head. */
  #headStamp = 0;

  constructor(options: JournalReaderOptions) {
    this.#options = options;
    this.#age = new LinkAge(options.clock);
    this.#backfill = new JournalBackfill(options.log, options.validity, options.holdOffs);
  }

  /** Why this process must not use the namespace, or `null`. */
  get refusal(): CacheError | null {
    return this.#refusal;
  }

  /** Milliseconds, by the store's clock, between what is known to be in the log and what is applied of it. */
  get lagMs(): number {
    const { newest, head } = this.#options.validity;
    return Math.max(0, Math.max(newest, this.#headStamp) - head.stamp) / 1_000;
  }

  /**
   * Milliseconds since the send time of the last answer that left nothing open; 0 for a log in this process; Infinity
   * for one that refuses to be used.
   */
  linkAgeMs(nowMs?: number): number {
    if (this.#refusal) return Infinity;
    if (this.#unsubscribe && this.#options.validity.epoch) return 0;
    return this.#age.ageMs(nowMs);
  }

  /** Begins to follow the log; resolves when the first sync is done or has failed once (it is then tried again). */
  async start(): Promise<void> {
    const { log } = this.#options;
    if (log.onAppend) {
      this.#unsubscribe = log.onAppend((record) => this.#hear(record));
      await this.sync().catch(() => undefined); // refused, or an odd log: blind, and so without a cache
      await this.catchUp(); // what was appended between the look at the head and now
      await this.#backfill.pageRead();
      return;
    }
    await this.sync().catch(() => undefined); // the tail tries again
    await this.#backfill.pageRead();
    this.#tail = this.#follow();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#age.end();
    await this.#options.log.stopPolling?.();
    await Promise.all([this.#tail, this.#backfill.close()]);
  }

  /** Opens the log and takes its head as the position, starting a new epoch if history may have been lost. */
  sync(): Promise<void> {
    this.#syncing ??= this.#judged(() => this.#sync()).finally(() => (this.#syncing = null));
    return this.#syncing;
  }

  /**
   * Reads up to the head of the log as it is after this call. Resolves with false when the store did not say. Calls of
   * one tick share one reading.
   */
  catchUp(): Promise<boolean> {
    this.#catchingUp ??= Promise.resolve().then(() => {
      this.#catchingUp = null;
      return this.#judged(() => this.#catchUp()).catch(() => false);
    });
    return this.#catchingUp;
  }

  /** Counts an own record: in its turn if it is next, otherwise at once but without moving the position. */
  take(record: JournalRecord): void {
    const { validity } = this.#options;
    if (validity.epoch && compareEpochs(record.epoch, validity.epoch) > 0) {
      return this.#adopt({ record, incarnation: record.incarnation });
    }
    if (record.stamp <= validity.head.stamp) return;
    if (isSameRecord(record.previous, validity.head)) validity.apply(record);
    else validity.raise(record);
    this.#options.onRecord(record);
  }

  /** A record of a log in this process, right after it was appended. */
  #hear(record: JournalRecord): void {
    const { validity } = this.#options;
    if (!validity.epoch) return;
    if (isSameRecord(record.previous, validity.head)) this.take(record);
    else this.#adopt({ record, incarnation: record.incarnation });
  }

  async #sync(): Promise<void> {
    const { log, constants, validity } = this.#options;
    const sentAt = this.#options.clock.now();
    const known = this.#known();
    const head = await log.open(constants, validity.head.stamp + 1);
    this.#assertConstants(head.record);
    this.#adopt(this.#isLost(head, known) ? await this.#advance(head) : head);
    this.#age.onKnown(sentAt);
  }

  async #follow(): Promise<void> {
    const { clock } = this.#options;
    let retryMs = RETRY_MS.min;
    while (!this.#closing.signal.aborted) {
      try {
        const found = await this.#pollOnce();
        retryMs = RETRY_MS.min;
        if (found) await clock.sleep(PACE_MS, this.#closing.signal, 'background');
      } catch (error) {
        if (isCacheError(error, 'JOURNAL_MISMATCH')) retryMs = RETRY_MS.max;
        await clock.sleep(retryMs, this.#closing.signal, 'background');
        retryMs = Math.min(retryMs * 2, RETRY_MS.max);
      }
    }
  }

  /** Resolves with whether there was anything to read. */
  async #pollOnce(): Promise<boolean> {
    const { log, validity } = this.#options;
    if (!validity.epoch || !log.poll) {
      await this.sync();
      return true;
    }
    const slice = await this.#judged(() => this.#read((after) => log.poll?.(after, PAGE, POLL_MS)));
    this.#backfill.run();
    return slice.records.length > 0;
  }

  async #catchUp(): Promise<boolean> {
    const { log, validity } = this.#options;
    if (!validity.epoch) await this.sync();
    let goal: RecordRef | undefined;
    for (let round = 0; round < MAX_PAGES; round++) {
      const { head, records } = await this.#read((after) => log.read(after, PAGE));
      goal ??= head?.record ?? validity.head;
      if (validity.head.stamp >= goal.stamp) return true;
      if (round > 0 && records.length === 0) return false; // a head that no record leads to
    }
    return false;
  }

  /** One question to the log and everything that follows from its answer. */
  async #read(ask: (after: number) => Promise<JournalSlice> | undefined): Promise<JournalSlice> {
    const { validity, clock } = this.#options;
    const known = this.#known();
    const sentAt = clock.now();
    const slice = await ask(known.head.stamp);
    if (!slice) throw new CacheError('CLOSED', 'The journal can no longer be read: it was closed.');
    if (validity.epoch !== known.epoch) return this.#read(ask);
    const finding = this.#absorb(known, slice);
    if (finding === 'moved' && slice.head) this.#adopt(slice.head);
    if (finding === 'lost') this.#adopt(await this.#advance(slice.head));
    const ahead = finding === 'behind' ? slice.head?.record.stamp : undefined;
    this.#headStamp = Math.max(this.#headStamp, ahead ?? 0);
    if (ahead === undefined) this.#age.onKnown(sentAt);
    else this.#age.onBehind(ahead, sentAt, validity.head.stamp);
    return slice;
  }

  /** Applies what is linked to what this process knew when it asked, and judges the rest. */
  #absorb(known: Known, { records, head }: JournalSlice): Finding {
    const { validity } = this.#options;
    if (!head) return 'lost';
    this.#assertConstants(head.record);
    if (this.#isLost(head, known)) return 'lost';
    const epoch = known.epoch as Epoch;
    if (!isSameEpoch(head.record.epoch, epoch)) return 'moved';
    let last = known.head;
    for (const record of records) {
      if (!isSameEpoch(record.epoch, epoch)) return 'moved';
      if (!isSameRecord(record.previous, last)) {
        return (record.previous?.stamp ?? 0) > last.stamp ? 'moved' : 'lost';
      }
      last = record;
      if (record.stamp <= validity.head.stamp) continue;
      if (!isSameRecord(record.previous, validity.head)) return 'lost';
      this.take(record);
    }
    return head.record.stamp > last.stamp ? 'behind' : 'current';
  }

  /** Where this process is; to be taken before the log is asked, for others go on meanwhile. */
  #known(): Known {
    const { epoch, head } = this.#options.validity;
    return { epoch, head };
  }

  /**
   * Whether records may be missing: the store that took the last one is not the one that answers, the log does not lead
   * to what was known before it was asked, or somebody else wrote into it.
   */
  #isLost({ record, incarnation }: JournalHead, { epoch, head }: Known): boolean {
    if (isForeign(record)) return true;
    if (!this.#options.isDurable && record.incarnation !== incarnation) return true;
    const age = epoch ? compareEpochs(record.epoch, epoch) : 1;
    if (age !== 0) return age < 0;
    return (
      record.stamp < head.stamp || (record.stamp === head.stamp && !isSameRecord(record, head))
    );
  }

  /** Begins an epoch later than all that this process ever held, or finds that somebody else has. */
  async #advance(head: JournalHead | null): Promise<JournalHead> {
    const { log, constants } = this.#options;
    const known = this.#known();
    let last = head;
    for (let i = 0; i < MAX_ADVANCES; i++) {
      const expected = last?.record.epoch ?? null;
      const next = await log.advanceEpoch(expected, constants, known.head.stamp + 1);
      this.#assertConstants(next.record);
      if (!this.#isLost(next, known)) return next;
      last = next;
    }
    throw new CacheError('STORE_REFUSED', 'The journal goes back in time; no epoch of it lasts.');
  }

  /** Takes the head as the position, unless it is one of the past, and leaves what lies before it to the backfill. */
  #adopt({ record }: JournalHead): void {
    const { validity, holdOffs, onJump, onEpochChange } = this.#options;
    const before = validity.epoch;
    const age = before ? compareEpochs(record.epoch, before) : 1;
    if (age < 0 || (age === 0 && record.stamp <= validity.head.stamp)) return;
    this.#age.onJump();
    this.#headStamp = 0;
    const isNewEpoch = before !== null && age > 0;
    if (isNewEpoch) holdOffs.onLoss();
    this.#backfill.jumpTo(record);
    if (isNewEpoch) onEpochChange();
    onJump();
  }

  #assertConstants(record: JournalRecord): void {
    const { constants } = record;
    const isOwn = constants === this.#options.constants || isForeign(record);
    if (isOwn || this.#options.knows?.(constants)) return this.#judge(null);
    throw new CacheError(
      'JOURNAL_MISMATCH',
      `This namespace was begun with ${constants}, this process uses ${this.#options.constants}; ` +
        `nothing is cached. Give this deployment a namespace of its own (CACHE_NAMESPACE).`,
    );
  }

  /** Asks the log; takes note when it answers that the namespace must not be used. */
  async #judged<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (isCacheError(error, 'JOURNAL_MISMATCH')) this.#judge(error);
      throw error;
    }
  }

  #judge(refusal: CacheError | null): void {
    const isNews = this.#refusal?.message !== refusal?.message;
    this.#refusal = refusal;
    if (isNews) this.#options.onRefusal?.(refusal);
  }
}

/** Every record of a cache, of whichever version, says its constants; this one no cache wrote. */
function isForeign({ constants }: JournalRecord): boolean {
  return constants === '';
}
