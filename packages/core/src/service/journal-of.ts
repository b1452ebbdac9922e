import { isCacheError } from '../errors/cache.error.js';
import { Journal } from '../journal/journal.js';
import type { ICoverHasher } from '../validity/cover.hasher.js';
import type { CacheConfig } from './cache-config.js';
import { journalLogOf, type LogRuntime } from './journal-log-of.js';

interface JournalRuntime extends LogRuntime {
  readonly hasher: ICoverHasher;
}

/** The journal of a cache, as its configuration says. */
export function journalOf(
  runtime: JournalRuntime,
  config: CacheConfig,
  onEpochChange: () => void,
): Journal {
  const { keys, clock, errors, hasher, protection } = runtime;
  const { durable = false } = config;
  return new Journal({
    log: journalLogOf(runtime, durable),
    namespace: keys.namespace,
    clock,
    random: config.random ?? Math.random,
    sketchSlots: config.sketchSlots ?? 2 ** 20,
    maxQueued: config.maxQueuedInvalidations ?? 1_000,
    maxHashes: hasher.maxHashes,
    marks: protection?.names,
    deadlineMs: config.invalidationDeadlineMs ?? 2_000,
    blindAfterMs: config.blindAfterMs ?? 5_000,
    durable,
    onEpochChange,
    onRefusal: (refusal) => (refusal ? errors.begin('refused', refusal) : errors.end('refused')),
    onAttempt: (failure) => {
      if (isCacheError(failure, 'STORE_REFUSED')) errors.begin('unrecorded', failure);
      if (failure === undefined) errors.end('unrecorded');
    },
  });
}
