import { within, type Clock } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import type { Subject } from '../validity/cover-hash.js';
import { PendingCoverage } from '../validity/pending-coverage.js';
import { MAX_RECORD_HASHES, type Coverage, type JournalRecord } from './journal-record.js';

const RETRY_MS = { min: 50, max: 1_000 };
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
    readonly coverage: Coverage,
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
  readonly #pending = new PendingCoverage();
  readonly #queue: Posting[] = [];
  #sending: Promise<void> | null = null;
  #posted = 0;

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

  /** Whether something that has no stamp yet covers the subject. */
  isPending(subject: Subject): boolean {
    return this.#queue.length > 0 && this.#pending.covers(subject);
  }

  /** @throws CacheError `CLOSED` */
  post(coverage: Coverage, reason: RecordReason): Posting {
    if (this.#isClosing) {
      throw new CacheError('CLOSED', 'This cache was closed: it records nothing any more.');
    }
    this.#posted++;
    if (this.#queue.length > this.#options.maxQueued) return this.#queue.at(-1) as Posting;
    const isFull = this.#queue.length === this.#options.maxQueued;
    const now = this.#options.clock.now();
    const posting = isFull
      ? new Posting({ kind: 'clear' }, 'invalidate', now)
      : new Posting(coverage, reason, now);
    this.#queue.push(posting);
    this.#pending.add(posting.coverage);
    this.#sending ??= Promise.resolve().then(() => this.#send());
    return posting;
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
    this.#over.abort();
    const left = this.#queue.length;
    const error = new CacheError('CLOSED', 'The cache was closed before the store recorded this.');
    for (const posting of this.#queue.splice(0)) posting.reject(error);
    return left;
  }

  async #send(): Promise<void> {
    const { append, clock } = this.#options;
    let retryMs = RETRY_MS.min;
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch();
      try {
        const record = await append(mergedCoverage(batch), (batch[0] as Posting).nonce as number);
        this.#queue.splice(0, batch.length);
        for (const posting of batch) {
          this.#pending.remove(posting.coverage);
          posting.resolve(record);
        }
        retryMs = RETRY_MS.min;
      } catch {
        await clock.sleep(retryMs, this.#over.signal, this.#isClosing ? undefined : 'background');
        if (this.#over.signal.aborted) break;
        retryMs = Math.min(retryMs * 2, RETRY_MS.max);
      }
    }
    this.#sending = null; // in the step that saw the empty queue: what is posted from here on starts anew
  }

  /** The longest run at the front of the queue that fits one record. */
  #nextBatch(): Posting[] {
    const first = this.#queue[0] as Posting;
    first.nonce ??= Math.floor(this.#options.random() * 2 ** 32);
    let halves = 0;
    const end = this.#queue.findIndex(({ coverage, reason }) => {
      if (coverage.kind !== 'hashes' || reason !== first.reason) return true;
      halves += coverage.hashes.length;
      return halves > MAX_RECORD_HASHES * 2;
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
  return { kind: 'hashes', hashes };
}
