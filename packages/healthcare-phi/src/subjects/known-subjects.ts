import type { Clock, ResolvedCacheOptions } from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

import { subjectOf } from './entry-subject.js';
import type { EntrySubject } from './key-convention.js';

/** Says whom an entry is about. */
export interface ISubjects {
  /** @throws CacheError `KEY_INVALID` for a placeholder that can't be told from its neighbour */
  of(key: string, options: ResolvedCacheOptions): EntrySubject;
}

/** Without a memory. */
export const READ_SUBJECTS: ISubjects = { of: subjectOf };

interface Known {
  readonly template: string;
  readonly subject: EntrySubject;
}

/** How many keys are remembered, and for how long, by what remembers anything of them; restricted data's never are. */
export const REMEMBERED = { max: 20_000, ttl: 60_000, ttlResolution: 0 } as const;

/** Remembers what key and template alone say: each hit asks several times, and the same key is asked for again. */
export class KnownSubjects implements ISubjects {
  readonly #known: LRUCache<string, Known>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#known = new LRUCache({ ...REMEMBERED, perf: { now: () => clock.now() } });
  }

  of(key: string, options: ResolvedCacheOptions): EntrySubject {
    const { template, subject, complianceLevel } = options;
    if (subject !== null || complianceLevel === 'restricted') return subjectOf(key, options);
    const known = this.#known.get(key);
    if (known?.template === template) return known.subject;
    const read = Object.freeze(subjectOf(key, options));
    this.#known.set(key, { template, subject: read });
    return read;
  }
}
