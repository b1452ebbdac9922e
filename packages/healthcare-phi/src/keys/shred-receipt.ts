/** What the destruction of keys came to; nothing in it names a person. */
export interface ShredReceipt {
  /** When it was done, in epoch milliseconds. */
  readonly at: number;
  /** Pseudonym. */
  readonly tenant: string;
  /** Pseudonym; `null`: all of the tenant. */
  readonly subject: string | null;
  /**
   * How the data was sealed: with keys of the subject's own (`stored`), with keys that follow from the tenant's (`derived`;
   * restricted data with keys of its own all the same), or without a key store (`unavailable`).
   */
  readonly mode: 'stored' | 'derived' | 'unavailable';
  /** Whether every copy of what was sealed before is unreadable now, wherever it is kept. */
  readonly shredded: boolean;
  /** Names of the keys that are destroyed, as they stand in what was sealed with them. */
  readonly destroyedKeyIds: readonly string[];
  /**
   * From when on every copy is unreadable, in epoch milliseconds, provided that the key store lets its rows expire: the end
   * of the epoch and of the longest time that anything lives. `null`: never by itself.
   */
  readonly unreadableAt: number | null;
  /**
   * Until when, at the latest, another process may use a destroyed key that it has in memory: one that hears nothing of it asks
   * the key store once a minute. The others let go of it at once.
   */
  readonly inMemoryUntil: number;
}
