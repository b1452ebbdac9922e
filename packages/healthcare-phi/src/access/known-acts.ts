import {
  systemClock,
  type CacheOperation,
  type Clock,
  type ResolvedCacheOptions,
} from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

import { REMEMBERED, type ISubjects } from '../subjects/known-subjects.js';
import type { AccessContext } from './access-context.js';
import { keyRefOf } from './access-event.js';
import { actsOf, type ProtectedAct } from './protected-act.js';
import { dependsOnWhoAsks } from './whom.js';

/** An act, and what stands for its key in the audit; `null` where it has none. */
export interface ReferredAct {
  readonly act: ProtectedAct;
  readonly keyRef: string | null;
}

export interface KnownActsOptions {
  /** What stands for a key in the audit and says nothing of it. */
  readonly keyRef: (key: string) => string;
  /** Absent: read out of key and template each time. */
  readonly subjects?: ISubjects;
  readonly clock?: Pick<Clock, 'now'>;
}

interface Known {
  readonly options: ResolvedCacheOptions;
  readonly acts: readonly ReferredAct[];
}

/** The acts of operations. Reads of one key come again and again: what key and options alone say is remembered. */
export class KnownActs {
  readonly #options: KnownActsOptions;
  readonly #reads: LRUCache<string, Known>;

  constructor(options: KnownActsOptions) {
    const { clock = systemClock } = options;
    this.#options = options;
    this.#reads = new LRUCache({ ...REMEMBERED, perf: { now: () => clock.now() } });
  }

  /** As {@link actsOf}. */
  of(operation: CacheOperation, context: AccessContext): readonly ReferredAct[] {
    const { kind, key, options } = operation;
    if (kind !== 'read' || key === null || options === null) return this.#made(operation, context);
    const known = this.#reads.get(key);
    if (known?.options === options) return known.acts;
    const acts = this.#made(operation, context);
    if (options.complianceLevel !== 'restricted' && !dependsOnWhoAsks(options)) {
      this.#reads.set(key, { options, acts });
    }
    return acts;
  }

  #made(operation: CacheOperation, context: AccessContext): readonly ReferredAct[] {
    const { keyRef, subjects } = this.#options;
    return actsOf(operation, context, subjects).map((act) => ({
      act,
      keyRef: keyRefOf(act, keyRef),
    }));
  }
}
