/** Keeps records in their order. What it holds names people: it belongs where the audit is, never into the cache's store. */
export interface IRecordBook<T> {
  /** Resolves when the record is safe; rejects when it isn't. */
  add(record: T): Promise<void>;
  /** All records so far, also those that other processes added. */
  all(): Promise<readonly T[]>;
}
