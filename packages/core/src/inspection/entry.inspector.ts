import { unpackEntry, type StoredEntry } from '../entry/stored-entry.js';
import { compareEpochs } from '../journal/fence.js';
import type { IJournalLog } from '../journal/journal-log.js';
import type { JournalRecord } from '../journal/journal-record.js';
import { assertKey } from '../key/key-rules.js';
import type { NameProtection } from '../protection/name-protection.js';
import { ProtectedJournalLog } from '../protection/protected-journal.log.js';
import { RecordProof } from '../protection/record-proof.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import { StoreKeys } from '../repository/store-keys.js';
import { VARIANT_SEPARATOR } from '../validity/cover-hash.js';
import { covers } from '../validity/exact-coverage.js';
import { escapeGlob } from '../validity/glob.js';
import { verdictOf } from '../validity/verdict.js';
import { headerOf, type InspectedEntry, type InspectedHeader } from './inspected-entry.js';

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
/** Bound on looking through the keys of a slot. */
const SLOT_MS = 10_000;

/** Looks at entries from outside: it writes nothing, follows nothing, and needs no cache to be running. */
export class EntryInspector {
  readonly #provider: ICacheProvider;
  readonly #keys: StoreKeys;
  readonly #log: IJournalLog;
  readonly #names: NameProtection | null;

  constructor({ provider, namespace, log, names }: EntryInspectorOptions) {
    this.#provider = provider;
    this.#names = names ?? null;
    this.#keys = new StoreKeys(namespace, this.#names);
    this.#log = names ? readable(log, names, namespace) : log;
  }

  /**
   * The entry of a key; `null` if there is none that can be read.
   * @throws CacheError `KEY_INVALID`, and if the store does not answer
   */
  async inspect(key: string, schemaVersion = 0): Promise<InspectedEntry | null> {
    assertKey(key);
    return this.#look(key, this.#keys.entry(key, schemaVersion));
  }

  /**
   * The entries of a key that are kept apart for those who may see them, of one tenant; of keys that decide no slot with
   * their tenant, none. Only where names are a secret.
   * @throws CacheError `KEY_INVALID`, and if the store does not answer
   */
  async inspectKeptApart(key: string, tenant: string): Promise<readonly InspectedEntry[]> {
    assertKey(key);
    const names = this.#names;
    if (!names || !this.#provider.visitKeys) return [];
    // Whatever the variant says beside the tenant, it is in the slot of the key and the tenant.
    const sample = this.#keys.entry(`${key}${VARIANT_SEPARATOR}${tenant}&`);
    const slot = sample.slice(0, sample.indexOf('}') + 1);
    const { low, high } = names.hashOf('key', key);
    const found: InspectedEntry[] = [];
    const visit = async (page: readonly string[]): Promise<void> => {
      for (const name of page) {
        const entry = await this.#look(key, name);
        if (entry && holds(entry.coverHashes, low, high)) found.push(entry);
      }
    };
    await this.#provider.visitKeys(`${escapeGlob(slot)}*`, visit, SLOT_MS);
    return found;
  }

  /**
   * What stands before the values of entries whose names are known but not their keys, such as those of an index; `null`
   * for what is not there. Only where names are a secret. @throws CacheError if the store does not answer
   */
  async headers(names: readonly string[]): Promise<readonly (InspectedHeader | null)[]> {
    const all: (InspectedHeader | null)[] = [];
    for (const name of names) {
      const bytes = await this.#provider.get(name);
      const entry = bytes && unpackEntry(bytes, '', null, name);
      all.push(entry && headerOf(entry, bytes.byteLength));
    }
    return all;
  }

  async #look(key: string, name: string): Promise<InspectedEntry | null> {
    const bytes = await this.#provider.get(name, { isLatest: true });
    const entry = bytes && unpackEntry(bytes, key, null, this.#names ? name : key);
    return entry && { ...headerOf(entry, bytes.byteLength), ...(await this.#judge(entry)) };
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

function holds(hashes: readonly number[], low: number, high: number): boolean {
  return hashes.some((half, i) => i % 2 === 0 && half === low && hashes[i + 1] === high);
}
