import type { Clock } from '../clock/clock.js';
import { CacheError, isCacheError } from '../errors/cache.error.js';
import type { Validity } from '../validity/validity.js';
import { compareEpochs, isSameEpoch, type Epoch } from './fence.js';
import type { IJournalLog, JournalHead, JournalSlice } from './journal-log.js';
import type { JournalRecord, RecordRef } from './journal-record.js';
import { JournalBackfill } from './journal.backfill.js';

const PAGE = 1000;
/** Short enough that an idle link is never taken for a dead one: link age peaks at twice this. */
const POLL_MS = 400;
/** The cadence of a tail that always finds something, so that many readers don't wear the store out. */
const PACE_MS = 5;
const RETRY_MS = { min: 50, max: 2_000 };

/** What one answer of the log proves about what this process knows. */
type Verdict = 'current' | 'behind' | 'moved' | 'lost';

export interface JournalReaderOptions {
  readonly log: IJournalLog;
  readonly validity: Validity;
  /** This process's own constants; a namespace with others is refused. */
  readonly constants: string;
  readonly clock: Clock;
  /** Sees each record at least once, before or in its turn, but for those that a jump skips. */
  readonly onRecord: (record: JournalRecord) => void;
  /** The position jumped: anything may have been invalidated in between. */
  readonly onJump: () => void;
  /** The epoch changed for a reason other than the first sync. */
  readonly onEpochChange: () => void;
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
  #answeredAt = -Infinity;
  #refusal: CacheError | null = null;

  constructor(options: JournalReaderOptions) {
    this.#options = options;
    this.#backfill = new JournalBackfill(options.log, options.validity);
  }

  /** Why this process must not use the namespace, or `null`. */
  get refusal(): CacheError | null {
    return this.#refusal;
  }

  /** Milliseconds since the send time of the last answer that left nothing open; 0 for a log in this process. */
  linkAgeMs(): number {
    if (this.#unsubscribe && this.#options.validity.epoch) return 0;
    const age = this.#options.clock.now() - this.#answeredAt;
    return age >= 0 ? age : Infinity;
  }

  /** Begins to follow the log; resolves when the first sync is done or has failed once (it is then tried again). */
  async start(): Promise<void> {
    const { log } = this.#options;
    if (log.onAppend) {
      this.#unsubscribe = log.onAppend((record) => this.#hear(record));
      await this.sync().catch(() => undefined); // refused, or an odd log: blind, and so without a cache
      await this.catchUp(); // what was appended between the look at the head and now
      return;
    }
    await this.sync().catch(() => undefined); // the tail tries again
    this.#tail = this.#follow();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#answeredAt = -Infinity;
    await this.#options.log.stopPolling?.();
    await Promise.all([this.#tail, this.#backfill.close()]);
  }

  /** Opens the log and takes its head as the position, starting a new epoch if history may have been lost. */
  sync(): Promise<void> {
    this.#syncing ??= this.#sync().finally(() => (this.#syncing = null));
    return this.#syncing;
  }

  /**
   * Reads up to the head of the log as it is after this call. Resolves with false when the store did not say. Calls of
   * one tick share one reading.
   */
  catchUp(): Promise<boolean> {
    this.#catchingUp ??= Promise.resolve().then(() => {
      this.#catchingUp = null;
      return this.#catchUp().catch(() => false);
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
    this.#options.onRecord(record);
    if (isRef(record.previous, validity.head)) validity.apply(record);
    else validity.raise(record);
  }

  /** A record of a log in this process, right after it was appended. */
  #hear(record: JournalRecord): void {
    const { validity } = this.#options;
    if (!validity.epoch) return;
    if (isRef(record.previous, validity.head)) this.take(record);
    else this.#adopt({ record, incarnation: record.incarnation });
  }

  async #sync(): Promise<void> {
    const { log, constants, validity } = this.#options;
    const sentAt = this.#options.clock.now();
    let head = await log.open(constants, validity.head.stamp + 1);
    this.#assertConstants(head.record);
    const isOlder = validity.epoch && compareEpochs(head.record.epoch, validity.epoch) < 0;
    if (isOlder || this.#isLost(head)) head = await this.#advance(head);
    this.#adopt(head);
    this.#answeredAt = sentAt;
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
    const slice = await this.#read((after) => log.poll?.(after, PAGE, POLL_MS));
    this.#backfill.run();
    return slice.records.length > 0;
  }

  async #catchUp(): Promise<boolean> {
    const { log, validity } = this.#options;
    if (!validity.epoch) await this.sync();
    for (let round = 0; round < 100; round++) {
      const slice = await this.#read((after) => log.read(after, PAGE));
      if (slice.records.length < PAGE) return true;
    }
    return false;
  }

  /** One question to the log and everything that follows from its answer. */
  async #read(ask: (after: number) => Promise<JournalSlice> | undefined): Promise<JournalSlice> {
    const { validity, clock } = this.#options;
    const known = validity.head;
    const epoch = validity.epoch as Epoch;
    const sentAt = clock.now();
    const slice = await ask(known.stamp);
    if (!slice) throw new CacheError('CLOSED', 'The journal can no longer be read: it was closed.');
    if (validity.epoch !== epoch) return this.#read(ask);
    const verdict = this.#absorb(known, epoch, slice);
    if (verdict === 'moved' && slice.head) this.#adopt(slice.head);
    if (verdict === 'lost') this.#adopt(await this.#advance(slice.head));
    if (verdict !== 'behind' || slice.records.length < PAGE) this.#answeredAt = sentAt;
    return slice;
  }

  /** Applies what is linked to what this process knew when it asked, and judges the rest. */
  #absorb(known: RecordRef, epoch: Epoch, { records, head }: JournalSlice): Verdict {
    const { validity } = this.#options;
    if (!head) return 'lost';
    this.#assertConstants(head.record);
    if (this.#isLost(head)) return 'lost';
    const age = compareEpochs(head.record.epoch, epoch);
    if (age !== 0) return age > 0 ? 'moved' : 'lost';
    if (head.record.stamp < known.stamp) return 'lost';
    if (head.record.stamp === known.stamp && head.record.nonce !== known.nonce) return 'lost';
    let last = known;
    for (const record of records) {
      if (!isSameEpoch(record.epoch, epoch)) return 'moved';
      if (!isRef(record.previous, last)) {
        return (record.previous?.stamp ?? 0) > last.stamp ? 'moved' : 'lost';
      }
      last = record;
      if (record.stamp <= validity.head.stamp) continue;
      if (!isRef(record.previous, validity.head)) return 'lost';
      this.take(record);
    }
    return head.record.stamp > last.stamp ? 'behind' : 'current';
  }

  /** The store that took the last record is not the one that answers: records may be missing. */
  #isLost(head: JournalHead): boolean {
    return head.record.incarnation !== head.incarnation;
  }

  async #advance(head: JournalHead | null): Promise<JournalHead> {
    const { log, constants, validity } = this.#options;
    const next = await log.advanceEpoch(
      head?.record.epoch ?? null,
      constants,
      validity.head.stamp + 1,
    );
    this.#assertConstants(next.record);
    return next;
  }

  /** Takes the head as the position, unless it is one of the past, and leaves what lies before it to the backfill. */
  #adopt({ record }: JournalHead): void {
    const { validity, onJump, onEpochChange } = this.#options;
    const before = validity.epoch;
    const isSame = before !== null && isSameEpoch(before, record.epoch);
    if (isSame && record.stamp <= validity.head.stamp) return;
    this.#backfill.jumpTo(record);
    onJump();
    if (before && !isSame) onEpochChange();
  }

  #assertConstants({ constants }: JournalRecord): void {
    if (constants === this.#options.constants) {
      this.#refusal = null;
      return;
    }
    this.#refusal = new CacheError(
      'JOURNAL_MISMATCH',
      `This namespace was begun with ${constants}, this process uses ${this.#options.constants}; ` +
        `nothing is cached. Give this deployment a namespace of its own (CACHE_NAMESPACE).`,
    );
    throw this.#refusal;
  }
}

function isRef(a: RecordRef | null, b: RecordRef): boolean {
  return a !== null && a.stamp === b.stamp && a.nonce === b.nonce;
}
