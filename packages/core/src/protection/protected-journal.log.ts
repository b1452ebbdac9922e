import type { Epoch } from '../journal/fence.js';
import type { IJournalLog, JournalHead, JournalSlice } from '../journal/journal-log.js';
import type { Coverage, JournalRecord } from '../journal/journal-record.js';
import type { RecordProof } from './record-proof.js';

export interface ProtectedJournalLogOptions {
  readonly log: IJournalLog;
  readonly proof: RecordProof;
  /** Whether a record with these constants was made with a secret that is known here. */
  readonly isOurs: (constants: string) => boolean;
  /** A record is not what one of us wrote: it covers everything. Called once for each, about. */
  readonly onForged: () => void;
}

/** Records that are remembered as told of. */
const MAX_TOLD = 256;

/**
 * A log whose records nobody can read or make up without the secret. What was made up all the same, or changed, covers
 * everything: at worst it costs misses.
 */
export class ProtectedJournalLog implements IJournalLog {
  readonly #options: ProtectedJournalLogOptions;
  readonly #told = new Set<string>();
  readonly poll?: IJournalLog['poll'];
  readonly onAppend?: IJournalLog['onAppend'];
  readonly stopPolling?: IJournalLog['stopPolling'];

  /** Has those of the optional methods that `log` has. */
  constructor(options: ProtectedJournalLogOptions) {
    const { log } = options;
    this.#options = options;
    const poll = log.poll?.bind(log);
    if (poll) this.poll = async (...args) => this.#slice(await poll(...args));
    if (log.stopPolling) this.stopPolling = async () => log.stopPolling?.();
    if (log.onAppend) {
      this.onAppend = (listener) =>
        log.onAppend?.((record) => listener(this.#read(record))) ?? (() => undefined);
    }
  }

  get newestStamp(): number {
    return this.#options.log.newestStamp as number; // as absent as it is there
  }

  async open(constants: string, atLeast: number): Promise<JournalHead> {
    return this.#head(await this.#options.log.open(constants, atLeast));
  }

  async append(
    coverage: Coverage,
    nonce: number,
    isDurable?: boolean,
  ): Promise<JournalRecord | null> {
    const { log, proof } = this.#options;
    const record = await log.append(proof.prove(coverage, nonce), nonce, isDurable);
    return record && { ...record, body: coverage };
  }

  async read(afterStamp: number, limit: number): Promise<JournalSlice> {
    return this.#slice(await this.#options.log.read(afterStamp, limit));
  }

  async readBackwards(beforeStamp: number, limit: number): Promise<readonly JournalRecord[]> {
    const records = await this.#options.log.readBackwards(beforeStamp, limit);
    return records.map((record) => this.#read(record));
  }

  async advanceEpoch(
    expected: Epoch | null,
    constants: string,
    atLeast: number,
  ): Promise<JournalHead> {
    return this.#head(await this.#options.log.advanceEpoch(expected, constants, atLeast));
  }

  #slice({ records, head }: JournalSlice): JournalSlice {
    return {
      records: records.map((record) => this.#read(record)),
      head: head && this.#head(head),
    };
  }

  #head({ record, incarnation }: JournalHead): JournalHead {
    return { record: this.#read(record), incarnation };
  }

  #read(record: JournalRecord): JournalRecord {
    const { proof, isOurs, onForged } = this.#options;
    const { body, nonce, constants } = record;
    if (body.kind === 'genesis') return record;
    const isKnown = isOurs(constants); // otherwise the namespace is refused as a whole
    const read = isKnown ? proof.read(body, nonce) : null;
    if (read) return { ...record, body: read };
    if (isKnown && this.#isNews(record)) onForged();
    return { ...record, body: { kind: 'unknown' } };
  }

  /** The head is read over and over. */
  #isNews({ stamp, nonce }: JournalRecord): boolean {
    const name = `${stamp}-${nonce}`;
    if (this.#told.has(name)) return false;
    if (this.#told.size >= MAX_TOLD) this.#told.clear();
    this.#told.add(name);
    return true;
  }
}
