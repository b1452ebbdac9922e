import { InProcessJournalLog } from '../../src/journal/in-process-journal.log.js';
import type { IJournalLog } from '../../src/journal/journal-log.js';
import type { ICacheProvider } from '../../src/provider/cache-provider.js';

/** The least a provider can be: bytes in a map, without time to live, and one journal. */
export class MapProvider implements ICacheProvider {
  readonly name = 'map';
  readonly bytes = new Map<string, Uint8Array>();
  readonly #journal: IJournalLog;

  constructor(log: IJournalLog = new InProcessJournalLog()) {
    this.#journal = log;
  }

  get(key: string): Promise<Uint8Array | null> {
    return Promise.resolve(this.bytes.get(key) ?? null);
  }

  set(key: string, value: Uint8Array): Promise<void> {
    this.bytes.set(key, value);
    return Promise.resolve();
  }

  del(key: string): Promise<number> {
    return Promise.resolve(this.bytes.delete(key) ? 1 : 0);
  }

  journal(): IJournalLog {
    return this.#journal;
  }
}
