import { CacheError } from '../errors/cache.error.js';
import type { Fence } from '../journal/fence.js';
import { assertTags } from '../key/key-rules.js';
import type { Duration, ResolvedCacheOptions, ValueSerializer } from '../options/cache-options.js';
import { durationMs } from '../options/duration.js';
import type { FoundEntry } from '../repository/found-entry.js';
import type { LoadContext } from '../strategy/read-request.js';
import type { Flight } from './flight.js';
import { NOT_MODIFIED } from './not-modified.js';
import { deserialized } from './serialized-value.js';

/** Times and tags of a value that is to be stored, as the options say or as its loader said. */
export type ValueTerms = Pick<ResolvedCacheOptions, 'ttlMs' | 'staleMs' | 'tags'>;

/** One call of a loader: what it is told, and what it said about its value. Loaders may take it apart. */
export class ActiveLoad implements LoadContext {
  isSkipped = false;
  #terms: ValueTerms;
  readonly #previous: FoundEntry | null;
  readonly #serializer: ValueSerializer | null;
  readonly #maxTtlMs: number;

  constructor(
    options: ResolvedCacheOptions,
    readonly signal: AbortSignal,
    readonly fence: Fence | null,
    previous: FoundEntry | null = null,
    /** What this is a load of; `null` for one that nobody joins. */
    readonly flight: Flight | null = null,
  ) {
    this.#terms = options;
    this.#previous = previous;
    this.#serializer = options.serializer;
    this.#maxTtlMs = options.maxTtlMs;
  }

  get terms(): ValueTerms {
    return this.#terms;
  }

  get previous(): unknown {
    if (!this.#previous) return undefined;
    try {
      return deserialized(this.#previous.entry.value, this.#serializer);
    } catch {
      return undefined; // of another time: there is nothing to compare with
    }
  }

  readonly setTtl = (ttl: Duration, staleTime?: Duration): void => {
    const { ttlMs, staleMs, tags } = this.#terms;
    const newMs = durationMs('ttl', ttl);
    if (newMs > this.#maxTtlMs) {
      throw new CacheError(
        'OPTION_INVALID',
        `setTtl: ${newMs / 1000} s is above what the complianceLevel allows; accepted: up to ${this.#maxTtlMs / 1000} s.`,
      );
    }
    const share = ttlMs > 0 ? staleMs / ttlMs : 1;
    const newStaleMs =
      staleTime === undefined ? Math.floor(newMs * share) : durationMs('staleTime', staleTime);
    if (newStaleMs > newMs) {
      throw new CacheError('OPTION_INVALID', 'setTtl: staleTime is above ttl; accepted: 0 to ttl.');
    }
    this.#terms = { ttlMs: newMs, staleMs: newStaleMs, tags };
  };

  readonly setTags = (tags: readonly string[]): void => {
    assertTags(tags);
    const { ttlMs, staleMs } = this.#terms;
    this.#terms = { ttlMs, staleMs, tags: Object.freeze([...tags]) };
  };

  readonly skip = (): void => {
    this.isSkipped = true;
  };

  readonly notModified = (): never => {
    if (this.#previous) return NOT_MODIFIED as never;
    throw new CacheError(
      'OPTION_INVALID',
      'notModified: there is no previous value; check context.previous before asking the source conditionally.',
    );
  };
}
