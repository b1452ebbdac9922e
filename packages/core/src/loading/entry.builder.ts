import type { Clock } from '../clock/clock.js';
import type { EntryMeta } from '../entry/entry.js';
import type { HeldEntry } from '../entry/held-entry.js';
import type { Fence } from '../journal/fence.js';
import { assertTags } from '../key/key-rules.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import { tagsWith } from '../protection/admission.js';
import type { DataProtection } from '../protection/data-protection.js';
import type { ICacheRepository, PreparedEntry } from '../repository/found-entry.js';
import type { ICoverHasher } from '../validity/cover.hasher.js';
import type { CacheVersioningService } from '../versioning/cache-versioning.service.js';
import type { ValueTerms } from './active-load.js';
import { nextStaleMs } from './adaptive-freshness.js';

/** Templates that are remembered as reported. */
const MAX_REPORTED = 1_000;

export interface EntryBuilderOptions {
  readonly repository: ICacheRepository;
  readonly hasher: ICoverHasher;
  readonly versions: CacheVersioningService;
  readonly clock: Clock;
  readonly random: () => number;
  readonly protection: DataProtection | null;
  /** Whether fresh times may move. */
  readonly isAdaptive: () => boolean;
  /** Says something about the values of a template, once. */
  readonly onOddValue: (template: string, problem: string) => void;
}

/** Where and when a value came from. */
export interface ValueOrigin {
  readonly fence: Fence;
  /** When its load began. */
  readonly startedAt: number;
  /** Times and tags, if its loader said other ones than the options. */
  readonly terms?: ValueTerms;
  /** If they are known already; see {@link EntryBuilder.tagHashesOf}. */
  readonly tagHashes?: Uint32Array;
  /** The entry that it replaces. */
  readonly previous?: HeldEntry | null;
}

/** Makes entries of values: times, tags, version, bytes. */
export class EntryBuilder {
  readonly #options: EntryBuilderOptions;
  readonly #reported = new Set<string>();

  constructor(options: EntryBuilderOptions) {
    this.#options = options;
  }

  /** @throws CacheError `VALUE_INVALID`, `TAG_INVALID`, and what a tags function throws */
  build(
    key: string,
    value: unknown,
    options: ResolvedCacheOptions,
    origin: ValueOrigin,
  ): PreparedEntry {
    const { repository } = this.#options;
    const terms = origin.terms ?? options;
    const prepared = repository.prepare(
      key,
      value,
      this.#metaOf(key, value, options, terms, origin),
      options,
    );
    if (prepared.payload.hasInstances) {
      this.report(
        options.template,
        'holds instances of classes, which come back as plain objects or lose members',
      );
    }
    return this.#adapted(prepared, options, terms, origin);
  }

  /** @throws CacheError `TAG_INVALID`, and what a tags function throws */
  tagHashesOf(
    value: unknown,
    options: ResolvedCacheOptions,
    terms: ValueTerms = options,
  ): Uint32Array {
    return this.#options.hasher.entryHashes('tag', this.#tagsOf(terms, value, options));
  }

  report(template: string, problem: string): void {
    if (this.#reported.has(template) || this.#reported.size >= MAX_REPORTED) return;
    this.#reported.add(template);
    this.#options.onOddValue(template, problem);
  }

  #metaOf(
    key: string,
    value: unknown,
    options: ResolvedCacheOptions,
    terms: ValueTerms,
    { fence, startedAt, tagHashes }: ValueOrigin,
  ): EntryMeta {
    const { clock, random, versions } = this.#options;
    const isNegative = value === null;
    const share = 1 - random() * options.jitterRatio;
    const wantedMs = isNegative ? Math.min(options.negativeTtlMs, terms.ttlMs) : terms.ttlMs;
    const ttlMs = Math.max(1, Math.round(wantedMs * share));
    const staleMs = isNegative ? ttlMs : Math.min(ttlMs, Math.round(terms.staleMs * share));
    return {
      fence,
      createdAt: startedAt,
      staleAt: startedAt + staleMs,
      expiresAt: startedAt + ttlMs,
      keptUntil: startedAt + ttlMs + (isNegative ? 0 : options.staleIfErrorMs),
      loadMs: Math.max(0, Math.round(clock.now() - startedAt)),
      schemaVersion: versions.versionOf(options.template, key),
      isNegative,
      tagHashes: tagHashes ?? this.tagHashesOf(value, options, terms),
    };
  }

  #tagsOf({ tags }: ValueTerms, value: unknown, options: ResolvedCacheOptions): readonly string[] {
    const { protection } = this.#options;
    const names =
      typeof tags !== 'function'
        ? tags
        : value === null || value === undefined
          ? []
          : synchronous(tags(value as never));
    assertTags(names);
    const isTold = typeof tags === 'function' || tags !== options.tags;
    const all = isTold && protection?.toldTags ? protection.toldTags(names, options) : names;
    return tagsWith(options.admission, all);
  }

  /** The fresh time follows how often the value changes, where the options allow it. */
  #adapted(
    entry: PreparedEntry,
    { adaptive }: ResolvedCacheOptions,
    { staleMs }: ValueTerms,
    { previous }: ValueOrigin,
  ): PreparedEntry {
    if (!adaptive || entry.meta.isNegative || !this.#options.isAdaptive()) return entry;
    const known = previous && !previous.isNegative ? previous : null;
    const freshMs = nextStaleMs({
      staleMs,
      bounds: adaptive,
      previousStaleMs: known && known.staleAt - known.createdAt,
      isUnchanged: known?.payloadHash === entry.payload.payloadHash,
    });
    const staleAt = Math.min(entry.meta.createdAt + freshMs, entry.meta.expiresAt);
    return { ...entry, meta: { ...entry.meta, staleAt } };
  }
}

/** `undefined` never is; nor is `null` when only a value could tell its tags: no tag could ever invalidate it. */
export function isCacheable(
  value: unknown,
  { negativeTtlMs }: Pick<ResolvedCacheOptions, 'negativeTtlMs'>,
  { ttlMs, tags }: Pick<ValueTerms, 'ttlMs' | 'tags'>,
): boolean {
  if (ttlMs === 0) return false;
  if (value === null) return negativeTtlMs > 0 && typeof tags !== 'function';
  return value !== undefined;
}

/** A promise is no list; it is refused as such, and what it rejects with is nobody's any more. */
function synchronous(names: unknown): unknown {
  if (names instanceof Promise) names.catch(() => undefined);
  return names;
}

/** An entry under another fence, such as that of its own record. */
export function fencedAt(entry: PreparedEntry, fence: Fence): PreparedEntry {
  return { ...entry, meta: { ...entry.meta, fence } };
}
