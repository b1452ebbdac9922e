import type { ICacheProvider, IJournalLog, JournalRecord } from '@vitalcache/core';

import { JournalHistory } from './journal.history.js';
import type { JournalSources } from './rewound-journal.log.js';

/** What stood in a store at one moment. */
export interface ChaosSnapshot {
  readonly items: readonly {
    readonly key: string;
    readonly value: Uint8Array;
    /** Milliseconds since 1970. */
    readonly expiresAt: number;
  }[];
  /** Records by namespace, oldest first. */
  readonly journals: ReadonlyMap<string, readonly JournalRecord[]>;
}

/** What all connections to one store know of it together: the keys that were written, and its journals. */
export class ChaosHistory {
  readonly #inner: ICacheProvider;
  readonly #sources: JournalSources;
  readonly #journals = new Map<string, JournalHistory>();
  /** When each key that was written expires, milliseconds since 1970. */
  readonly #expiries = new Map<string, number>();
  #failOvers = 0;

  constructor(inner: ICacheProvider, sources: JournalSources) {
    this.#inner = inner;
    this.#sources = sources;
  }

  wrote(key: string, ttlMs: number): void {
    this.#expiries.set(key, this.#sources.clock.now() + ttlMs);
  }

  journal(namespace: string, inner: () => IJournalLog): JournalHistory {
    const known = this.#journals.get(namespace);
    if (known) return known;
    const history = new JournalHistory(inner, this.#sources);
    this.#journals.set(namespace, history);
    return history;
  }

  async snapshot(): Promise<ChaosSnapshot> {
    const items: ChaosSnapshot['items'][number][] = [];
    for (const [key, expiresAt] of this.#expiries) {
      const value = await this.#inner.get(key);
      if (value) items.push({ key, value, expiresAt });
    }
    const journals = new Map<string, readonly JournalRecord[]>();
    for (const [name, journal] of this.#journals) journals.set(name, await journal.records());
    return { items, journals };
  }

  async loseBytes(): Promise<void> {
    for (const key of this.#expiries.keys()) await this.#inner.del(key);
    this.#expiries.clear();
  }

  /** Not even the beginning is left; the server is the same. */
  async loseJournals(): Promise<void> {
    for (const journal of this.#journals.values()) await journal.goOn([]);
  }

  /** Another server goes on, without the last `count` records of each journal. */
  async failOver(count: number): Promise<void> {
    const incarnation = `failover-${++this.#failOvers}`;
    for (const journal of this.#journals.values()) {
      const records = await journal.records();
      await journal.goOn(records.slice(0, Math.max(0, records.length - count)), incarnation);
    }
  }

  /** The same server is as it was. Journals that are younger than the snapshot are gone. */
  async rewind({ items, journals }: ChaosSnapshot): Promise<void> {
    await this.loseBytes();
    for (const { key, value, expiresAt } of items) {
      const ttlMs = expiresAt - this.#sources.clock.now();
      if (ttlMs <= 0) continue;
      await this.#inner.set(key, value, ttlMs);
      this.wrote(key, ttlMs);
    }
    for (const [name, journal] of this.#journals) await journal.goOn(journals.get(name) ?? []);
  }
}
