import { within, type Clock } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import type { Subject } from '../validity/cover-hash.js';
import { PendingCoverage } from '../validity/pending-coverage.js';
import { verdictOf, type Verdict } from '../validity/verdict.js';
import { settleMsOf } from './hold-offs.js';
import { MAX_RECORD_HASHES, type Coverage, type JournalRecord } from './journal-record.js';

const RETRY_MS = { min: 50, max: 1_000 };
/** While the store takes postings, a burst may be this much longer than what may wait for a store that doesn't. */
const HEALTHY_FACTOR = 64;
/** How long a cache that closes goes on trying. */
const LAST_TRY_MS = 5_000;

/** Why something is recorded. A record made for a `set` never carries an invalidation that could cover its value. */
export type RecordReason = 'invalidate' | 'set';

/** Something handed to the {@link Outbox}, until the log has taken it. */
export class Posting {
  /** Nonce of the record that carries it; `null` until it is sent. */
  nonce: number | null = null;
  /** Rejects with `CLOSED` when the cache ends before the store has taken the record. */
  readonly recorded: Promise<JournalRecord>;
  resolve!: (record: JournalRecord) => void;
  reject!: (error: CacheError) => void;

  constructor(
    public coverage: Coverage,
    readonly reason: RecordReason,
    readonly postedAt: number,
  ) {
    this.recorded = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.recorded.catch(() => undefined); // waiting for it is the caller's choice
  }
}

export interface OutboxOptions {
  readonly append: (coverage: Coverage, nonce: number) => Promise<JournalRecord>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** What comes in beyond this is recorded as one clear: too much is made invalid, never too little. */
  readonly maxQueued: number;
  /** Pairs of cover hashes that one record may hold. Default: `MAX_RECORD_HASHES`. */
  readonly maxHashes?: number | undefined;
  /** Told how each attempt ended: with why the store did not take it, or with nothing. */
  readonly onAttempt?: ((failure?: unknown) => void) | undefined;
}

/**
 * Invalidations on their way into the log: those of one tick share records, and failed ones are tried again, in
 * order, until the store takes them. What stands here already counts as invalid in this process.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  /** No more postings are taken. */
  #isClosing = false;
  /** No more attempts are made. */
  readonly #over = new AbortController();
  readonly #pending = { covered: new PendingCoverage(), soft: new PendingCoverage() };
  readonly #settling = new Set<Coverage>();
  readonly #queue: Posting[] = [];
  #sending: Promise<void> | null = null;
  #posted = 0;
  /** The last attempt failed: what is queued waits for the store, not for its turn. */
  #isFailing = false;
  /** The clear that stands for all that did not fit, until it is sent. */
  #overflow: Posting | null = null;
  /** Ends the pause before the next attempt. */
  #pause = new AbortController();
  #isPausing = false;
  /** When the last attempt began, or ended in failure. */
  #triedAt = -Infinity;
  /** The latest attempt; never rejects. */
  #attempted: Promise<void> = Promise.resolve();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Everything that was ever handed in. */
  get posted(): number {
    return this.#posted;
  }

  get size(): number {
    return this.#queue.length;
  }

  /** Milliseconds that the oldest unrecorded posting has waited; 0 if there is none. */
  oldestAgeMs(): number {
    const [oldest] = this.#queue;
    return oldest ? this.#options.clock.now() - oldest.postedAt : 0;
  }

  /** What has no stamp yet and asks to hold loads off. */
  get settling(): ReadonlySet<Coverage> {
    return this.#settling;
  }

  /** What the postings that have no stamp yet, and so count as later than any fence, mean for the subject. */
  verdict(subject: Subject): Verdict {
    if (this.#queue.length === 0) return 'valid';
    if (this.#pending.covered.covers(subject)) return 'covered';
    return this.#pending.soft.covers(subject) ? 'soft' : 'valid';
  }

  /** @throws CacheError `CLOSED` */
  post(coverage: Coverage, reason: RecordReason): Posting {
    if (this.#isClosing) {
      throw new CacheError('CLOSED', 'This cache was closed: it records nothing any more.');
    }
    this.#posted++;
    if (this.#overflow) return this.#join(this.#overflow, coverage);
    const isFull = this.#queue.length >= this.#room;
    const now = this.#options.clock.now();
    const posting = isFull
      ? new Posting(clearFor(coverage), 'invalidate', now)
      : new Posting({ ...coverage }, reason, now); // told apart by identity, whoever posts it twice
    if (isFull) this.#overflow = posting;
    this.#queue.push(posting);
    this.#add(posting.coverage);
    this.#sending ??= Promise.resolve().then(() => this.#send());
    return posting;
  }

  /** A store that takes what it is given may be given much at a time. */
  get #room(): number {
    const { maxQueued } = this.#options;
    return this.#isFailing ? maxQueued : maxQueued * HEALTHY_FACTOR;
  }

  /**
   * Tries now what waits, and resolves when it has been tried; at once if it was a moment ago, or if the attempt under way
   * takes long: who asks often must not knock more often, nor hang with a store that does.
   */
  async flush(): Promise<void> {
    if (this.#queue.length === 0) return;
    if (this.#options.clock.now() - this.#triedAt >= RETRY_MS.min) {
      if (!this.#isPausing) return;
      this.#pause.abort(null);
      await Promise.resolve(); // the attempt begins
    }
    if (!this.#isPausing) await this.#attempted;
  }

  /** Goes on trying for five seconds; resolves with the number of postings that the store did not take. */
  async close(): Promise<number> {
    this.#isClosing = true;
    await within(
      this.#options.clock,
      LAST_TRY_MS,
      this.#sending ?? Promise.resolve(),
      () => undefined,
    );
    this.#over.abort(null);
    this.#pause.abort(null);
    const left = this.#queue.length;
    const error = new CacheError('CLOSED', 'The cache was closed before the store recorded this.');
    for (const posting of this.#queue.splice(0)) posting.reject(error);
    return left;
  }

  async #send(): Promise<void> {
    const { append, clock, onAttempt } = this.#options;
    let retryMs = RETRY_MS.min;
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch();
      const isOverflowSent = this.#overflow !== null && batch.includes(this.#overflow);
      if (isOverflowSent) this.#overflow = null; // its stamp may be that of a moment ago
      try {
        this.#triedAt = clock.now();
        const appending = append(mergedCoverage(batch), (batch[0] as Posting).nonce as number);
        this.#attempted = appending.then(
          () => undefined,
          () => undefined,
        );
        const record = await appending;
        this.#queue.splice(0, batch.length);
        for (const posting of batch) {
          this.#remove(posting.coverage);
          posting.resolve(record);
        }
        retryMs = RETRY_MS.min;
        this.#isFailing = false;
        onAttempt?.();
      } catch (error) {
        onAttempt?.(error);
        this.#isFailing = true;
        this.#isPausing = true;
        this.#triedAt = clock.now();
        this.#pause = new AbortController();
        await clock.sleep(retryMs, this.#pause.signal, this.#isClosing ? undefined : 'background');
        this.#isPausing = false;
        if (this.#over.signal.aborted) break;
        retryMs = Math.min(retryMs * 2, RETRY_MS.max);
      }
    }
    this.#sending = null; // in the step that saw the empty queue: what is posted from here on starts anew
  }

  /** Lets a clear that is not yet being sent stand for `coverage` as well. */
  #join(clear: Posting, coverage: Coverage): Posting {
    if (settleMsOf(coverage) > settleMsOf(clear.coverage)) {
      this.#remove(clear.coverage);
      clear.coverage = clearFor(coverage);
      this.#add(clear.coverage);
    }
    return clear;
  }

  #add(coverage: Coverage): void {
    this.#pending[verdictOf(coverage)].add(coverage);
    if (settleMsOf(coverage) > 0) this.#settling.add(coverage);
  }

  #remove(coverage: Coverage): void {
    this.#pending[verdictOf(coverage)].remove(coverage);
    this.#settling.delete(coverage);
  }

  /** The longest run at the front of the queue that fits one record. */
  #nextBatch(): Posting[] {
    const first = this.#queue[0] as Posting;
    const { random, maxHashes = MAX_RECORD_HASHES } = this.#options;
    first.nonce ??= Math.floor(random() * 2 ** 32);
    let halves = 0;
    const end = this.#queue.findIndex(({ coverage, reason }) => {
      if (coverage.kind !== 'hashes' || reason !== first.reason) return true;
      if (!hasSameTerms(coverage, first.coverage)) return true;
      halves += coverage.hashes.length;
      return halves > maxHashes * 2;
    });
    const batch = this.#queue.slice(0, end < 0 ? undefined : Math.max(end, 1));
    for (const posting of batch) posting.nonce = first.nonce;
    return batch;
  }
}

function mergedCoverage(batch: readonly Posting[]): Coverage {
  const [first] = batch;
  if (batch.length === 1 && first) return first.coverage;
  const parts = batch.map(({ coverage }) => (coverage.kind === 'hashes' ? coverage.hashes : null));
  const hashes = new Uint32Array(parts.reduce((total, part) => total + (part?.length ?? 0), 0));
  let at = 0;
  for (const part of parts) {
    if (!part) continue;
    hashes.set(part, at);
    at += part.length;
  }
  return { ...first?.coverage, kind: 'hashes', hashes };
}

/** Covers everything, for as long as `coverage` would hold loads off. */
function clearFor({ settleMs }: Coverage): Coverage {
  return { kind: 'clear', ...(settleMs !== undefined && { settleMs }) };
}

function hasSameTerms(a: Coverage, b: Coverage): boolean {
  return a.isSoft === b.isSoft && a.settleMs === b.settleMs;
}
