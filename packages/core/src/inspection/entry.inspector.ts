import type { Compressor, PayloadCodec } from '../entry/entry.js';
import { unpackEntry, type StoredEntry } from '../entry/stored-entry.js';
import { compareEpochs, type Fence } from '../journal/fence.js';
import type { IJournalLog } from '../journal/journal-log.js';
import type { JournalRecord } from '../journal/journal-record.js';
import { assertKey } from '../key/key-rules.js';
import type { NameProtection } from '../protection/name-protection.js';
import { ProtectedJournalLog } from '../protection/protected-journal.log.js';
import { RecordProof } from '../protection/record-proof.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import { StoreKeys } from '../repository/store-keys.js';
import { covers } from '../validity/exact-coverage.js';
import { verdictOf } from '../validity/verdict.js';

/**
 * - `valid`: no invalidation that the journal holds covers it
 * - `stale`: only ones do that make stale
 * - `covered`: one does, or it is of an epoch that is over
 * - `unknown`: the journal no longer holds all that came after its load; processes that start now refuse it
 */
export type InspectedValidity = 'valid' | 'stale' | 'covered' | 'unknown';

/** An entry as it stands in the store. Nothing of its value. */
export interface InspectedEntry {
  readonly validity: InspectedValidity;
  /** Stamp of the latest invalidation that covers it, microseconds; `null` if there is none, or only the epoch is over. */
  readonly coveredBy: number | null;
  readonly schemaVersion: number;
  readonly fence: Fence;
  /** Epoch milliseconds, as in the entry's header. */
  readonly createdAt: number;
  readonly staleAt: number;
  readonly expiresAt: number;
  readonly keptUntil: number;
  readonly loadMs: number;
  readonly codec: PayloadCodec;
  readonly compressor: Compressor;
  readonly isNegative: boolean;
  /** All of it, in the store. */
  readonly storedBytes: number;
  /** The value before compression. */
  readonly rawBytes: number;
  readonly coverHashes: number;
}

export interface EntryInspectorOptions {
  readonly provider: ICacheProvider;
  readonly namespace: string;
  /** The log of the namespace, as the store has it. */
  readonly log: IJournalLog;
  /** Where names in the store are a secret: who knows it. */
  readonly names?: NameProtection;
}

/** Records of the journal that are asked for at a time. */
const PAGE = 1_000;

/** Looks at entries from outside: it writes nothing, follows nothing, and needs no cache to be running. */
export class EntryInspector {
  readonly #provider: ICacheProvider;
  readonly #keys: StoreKeys;
  readonly #log: IJournalLog;

  constructor({ provider, namespace, log, names }: EntryInspectorOptions) {
    this.#provider = provider;
    this.#keys = new StoreKeys(namespace, names ?? null);
    this.#log = names ? readable(log, names, namespace) : log;
  }

  /**
   * The entry of a key; `null` if there is none that can be read.
   * @throws CacheError `KEY_INVALID`, and if the store does not answer
   */
  async inspect(key: string, schemaVersion = 0): Promise<InspectedEntry | null> {
    assertKey(key);
    const name = this.#keys.entry(key, schemaVersion);
    const bytes = await this.#provider.get(name, { isLatest: true });
    const entry = bytes && unpackEntry(bytes, key, null, this.#keys.areSecret ? name : key);
    if (!entry) return null;
    const { validity, coveredBy } = await this.#judge(entry);
    return {
      validity,
      coveredBy,
      schemaVersion: entry.schemaVersion,
      fence: { epoch: entry.epoch, position: entry.position },
      createdAt: entry.createdAt,
      staleAt: entry.staleAt,
      expiresAt: entry.expiresAt,
      keptUntil: entry.keptUntil,
      loadMs: entry.loadMs,
      codec: entry.codec,
      compressor: entry.compressor,
      isNegative: entry.isNegative,
      storedBytes: bytes.byteLength,
      rawBytes: entry.rawLength,
      coverHashes: entry.hashes.length / 2,
    };
  }

  /** Reads the journal backwards to where the entry's load began. */
  async #judge(entry: StoredEntry): Promise<Pick<InspectedEntry, 'validity' | 'coveredBy'>> {
    let before = Number.MAX_SAFE_INTEGER;
    let softenedBy: number | null = null;
    for (;;) {
      const records = await this.#log.readBackwards(before, PAGE);
      for (const record of records) {
        if (isOver(record, entry)) return { validity: 'covered', coveredBy: null };
        if (record.stamp <= entry.position) return softened(softenedBy);
        const verdict = verdictBy(record, entry);
        if (verdict === 'covered') return { validity: 'covered', coveredBy: record.stamp };
        if (verdict === 'soft') softenedBy ??= record.stamp;
        if (record.previous === null) return softened(softenedBy);
      }
      const last = records.at(-1);
      if (!last || records.length < PAGE) return { validity: 'unknown', coveredBy: null };
      before = last.stamp;
    }
  }
}

/** What was not written with the secret covers everything, as it does for a cache. */
function readable(log: IJournalLog, names: NameProtection, namespace: string): IJournalLog {
  return new ProtectedJournalLog({
    log,
    proof: new RecordProof(names, namespace),
    isOurs: (constants) => {
      const mark = constants.split(';')[1] ?? '';
      return mark === names.mark || names.knows(mark);
    },
    onForged: () => undefined,
  });
}

function isOver({ epoch }: JournalRecord, entry: StoredEntry): boolean {
  return compareEpochs(epoch, entry.epoch) > 0;
}

function verdictBy({ body }: JournalRecord, entry: StoredEntry): 'covered' | 'soft' | null {
  return body.kind !== 'genesis' && covers(body, entry) ? verdictOf(body) : null;
}

function softened(stamp: number | null): Pick<InspectedEntry, 'validity' | 'coveredBy'> {
  return { validity: stamp === null ? 'valid' : 'stale', coveredBy: stamp };
}
