import { CacheError } from '../errors/cache.error.js';
import type { Validity } from '../validity/validity.js';
import type { IJournalLog } from './journal-log.js';
import { isSameRecord, type Coverage, type JournalRecord } from './journal-record.js';
import type { JournalReader } from './journal.reader.js';

export interface JournalAppenderOptions {
  readonly log: IJournalLog;
  readonly validity: Validity;
  readonly reader: JournalReader;
  readonly isDurable?: boolean | undefined;
}

/** Appends records, one at a time, and makes each reply count in this process before anyone learns of it. */
export class JournalAppender {
  readonly #options: JournalAppenderOptions;
  /** The record on its way, with its stamp once it counts here. */
  #sent = { nonce: -1, stamp: 0 };

  constructor(options: JournalAppenderOptions) {
    this.#options = options;
  }

  /** Takes note of a record that counts. */
  onRecord({ nonce, stamp }: JournalRecord): void {
    if (nonce === this.#sent.nonce) this.#sent.stamp = stamp;
  }

  /** @throws CacheError when the store did not take it, or it is not known to count here */
  async append(coverage: Coverage, nonce: number): Promise<JournalRecord> {
    const { validity, reader } = this.#options;
    const sent = (this.#sent = { nonce, stamp: 0 });
    const record = await this.#record(coverage, nonce);
    reader.take(record);
    // Neither counted now nor by the tail before: skipped, or of a log that went back in time, which a look tells.
    const isCounted = sent.stamp === record.stamp || isSameRecord(record, validity.head);
    if (!isCounted && !(await reader.catchUp())) {
      throw new CacheError('STORE_UNAVAILABLE', 'The journal does not say where it is.');
    }
    return record;
  }

  async #record(coverage: Coverage, nonce: number): Promise<JournalRecord> {
    const { log, validity, reader, isDurable } = this.#options;
    if (!validity.epoch || reader.refusal) await reader.sync();
    let record = await log.append(coverage, nonce, isDurable);
    if (!record) {
      await reader.sync();
      record = await log.append(coverage, nonce, isDurable);
    }
    if (record) return record;
    throw new CacheError('STORE_UNAVAILABLE', 'The journal has no history to append to.');
  }
}
