import { InProcessJournalLog, type ICacheProvider } from '@vitalcache/core';

/** A store in a map, that notes how often it was asked and can be down. */
export class MapStore implements ICacheProvider {
  readonly entries = new Map<string, Uint8Array>();
  isDown = false;
  asked = 0;
  readonly #log = new InProcessJournalLog();

  async get(key: string): Promise<Uint8Array | null> {
    this.#ask();
    return this.entries.get(key) ?? null;
  }

  async set(key: string, value: Uint8Array): Promise<void> {
    this.#ask();
    this.entries.set(key, value);
  }

  async del(key: string): Promise<number> {
    this.#ask();
    return this.entries.delete(key) ? 1 : 0;
  }

  journal(): InProcessJournalLog {
    return this.#log;
  }

  #ask(): void {
    this.asked++;
    if (this.isDown) throw new Error('down');
  }
}
