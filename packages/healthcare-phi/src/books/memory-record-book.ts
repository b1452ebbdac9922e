import type { IRecordBook } from './record-book.js';

/** Of this process alone, and gone with it: for tests, and where nothing needs to outlive a restart. */
export class MemoryRecordBook<T> implements IRecordBook<T> {
  readonly #records: T[] = [];

  async add(record: T): Promise<void> {
    this.#records.push(record);
  }

  async all(): Promise<readonly T[]> {
    return [...this.#records];
  }
}
