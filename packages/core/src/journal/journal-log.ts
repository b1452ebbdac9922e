import type { Epoch } from './fence.js';
import type { Coverage, JournalRecord } from './journal-record.js';

/** What the store holds right now, in one atomic look. */
export interface JournalHead {
  readonly record: JournalRecord;
  /** The store's own identity at this moment (Redis: run_id). */
  readonly incarnation: string;
}

/** Records after a position, and the head as it was when, or after, they were read. */
export interface JournalSlice {
  /** Oldest first. Empty proves nothing without `head`. */
  readonly records: readonly JournalRecord[];
  /** `null` when the journal is gone. */
  readonly head: JournalHead | null;
}

/**
 * The ordered log of invalidations of one namespace, as a store keeps it. All methods reject with a `CacheError` when
 * the store did not answer; an `append` that timed out may have been recorded all the same, which is harmless: its
 * stamp then covers what it should cover.
 *
 * A log that must not be used as it is (the namespace's journal lives on another store) rejects `open`, `read` and `poll`
 * with `JOURNAL_MISMATCH` and a message that says what to do, for as long as that is so. Meanwhile nothing is cached, and
 * invalidations wait: nothing is appended before one of these three has succeeded.
 */
export interface IJournalLog {
  /**
   * The head, after creating the genesis (with a stamp of at least `atLeast`) if the log does not exist. Atomic. It
   * does not judge what it finds: a head of another incarnation or with other constants is the caller's to refuse.
   */
  open(constants: string, atLeast: number): Promise<JournalHead>;
  /**
   * Appends one record, linked to the newest one, with `stamp = max(store's clock in microseconds, newest + 1)` and
   * the caller's `nonce`. Atomic. Resolves with `null`, having written nothing, when the log does not exist or when
   * its newest record is of another incarnation than the store's present one: history may be lost, and the caller
   * must open or advance first.
   *
   * `isDurable`: the incarnation does not matter, for the store loses no records. Resolves only when the store has
   * confirmed that the record is as safe as it is configured to make it (on a replica, on disk), and rejects otherwise:
   * it may have been written, and is tried again until it is safe. A record more is harmless.
   */
  append(coverage: Coverage, nonce: number, isDurable?: boolean): Promise<JournalRecord | null>;
  /** Up to `limit` records later than `afterStamp`, answered at once, on the connection that commands use. */
  read(afterStamp: number, limit: number): Promise<JournalSlice>;
  /** Up to `limit` records earlier than `beforeStamp`, newest first; fewer than `limit` means that there are no more. */
  readBackwards(beforeStamp: number, limit: number): Promise<readonly JournalRecord[]>;
  /**
   * Starts a new epoch by appending a genesis (stamp at least `atLeast` and later than the newest record), unless
   * the current epoch is no longer `expected` (`null`: the log is absent). Atomic. Resolves with the head either way.
   */
  advanceEpoch(expected: Epoch | null, constants: string, atLeast: number): Promise<JournalHead>;
  /**
   * Waits until a record later than `afterStamp` exists or `waitMs` have passed, then answers as `read`. Runs on a
   * connection of its own. An in-process log has `onAppend` instead.
   */
  poll?(afterStamp: number, limit: number, waitMs: number): Promise<JournalSlice>;
  /** Of a log that offers `onAppend`: the stamp of the newest record right now, 0 if there is none. */
  readonly newestStamp?: number;
  /**
   * Calls `listener` for each record before its `append` resolves, and returns a function that stops it. A log that
   * offers this lives in the same process: it can't be out of reach, so its readers are never blind.
   */
  onAppend?(listener: (record: JournalRecord) => void): () => void;
  /** Ends a running `poll` (it rejects with `CLOSED`) and its connection. The log can be used again afterwards. */
  stopPolling?(): Promise<void>;
}
