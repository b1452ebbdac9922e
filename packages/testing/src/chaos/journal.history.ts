import type { IJournalLog, JournalRecord } from '@vitalcache/core';

import { RewoundJournalLog, type JournalSources } from './rewound-journal.log.js';

const PAGE = 1_000;

/** The journal of one namespace, which may have gone back to an earlier state. */
export class JournalHistory {
  readonly #inner: () => IJournalLog;
  readonly #sources: JournalSources;
  readonly #listeners = new Set<() => void>();
  #rewound: RewoundJournalLog | null = null;

  constructor(inner: () => IJournalLog, sources: JournalSources) {
    this.#inner = inner;
    this.#sources = sources;
  }

  /** The wrapped log; since something was lost, what stands for it. */
  get log(): IJournalLog {
    return this.#rewound ?? this.#inner();
  }

  /** Tells `listener` when history changes. Returns what ends that. */
  onRewind(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All records that are kept, oldest first. */
  async records(): Promise<readonly JournalRecord[]> {
    const found: JournalRecord[] = [];
    for (;;) {
      const before = found.at(-1)?.stamp ?? Number.MAX_SAFE_INTEGER;
      const page = await this.log.readBackwards(before, PAGE);
      found.push(...page);
      if (page.length < PAGE) return found.reverse();
    }
  }

  /** @param incarnation of the server that goes on; absent: the one that is */
  async goOn(records: readonly JournalRecord[], incarnation?: string): Promise<void> {
    const { head } = await this.log.read(Number.MAX_SAFE_INTEGER, 1);
    const name = incarnation ?? head?.incarnation ?? 'first';
    this.#rewound = new RewoundJournalLog(this.#sources, records, name);
    for (const listener of this.#listeners) listener();
  }
}
