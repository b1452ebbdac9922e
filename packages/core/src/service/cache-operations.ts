import type { Recorded } from '../journal/journal.js';
import type { Coverage } from '../journal/journal-record.js';
import { assertKey } from '../key/key-rules.js';
import type { CacheOperation, OperationResult } from '../middleware/cache-middleware.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { ICacheStrategy } from '../strategy/cache-strategy.js';
import { baseKeyOf, type CoverKind } from '../validity/cover-hash.js';
import type { ICoverHasher } from '../validity/cover.hasher.js';
import { simplifyGlob } from '../validity/glob.js';

/** An operation with everything that does not concern it left empty. */
export function operationOf(
  kind: CacheOperation['kind'],
  more: Partial<Omit<CacheOperation, 'kind'>> = {},
): CacheOperation {
  return {
    kind,
    key: null,
    keys: [],
    tags: [],
    pattern: null,
    template: 'unnamed',
    options: null,
    strategy: null,
    isWarming: false,
    ...more,
  };
}

/** A read, or a write, of a key or of several, by a strategy. */
export function strategyOperation(
  kind: 'read' | 'set' | 'update',
  strategy: Pick<ICacheStrategy, 'name'>,
  options: ResolvedCacheOptions,
  on: ({ readonly key: string } | { readonly keys: readonly string[] }) & {
    readonly isWarming?: boolean;
    readonly lookedForMs?: number;
  },
): CacheOperation {
  const { template, tags } = options;
  return {
    kind,
    key: 'key' in on ? on.key : null,
    keys: 'keys' in on ? on.keys : [],
    tags: typeof tags === 'function' ? [] : tags,
    pattern: null,
    template,
    options,
    strategy: strategy.name,
    isWarming: on.isWarming ?? false,
    ...(on.lookedForMs !== undefined && { lookedForMs: on.lookedForMs }),
  };
}

/** What middleware gets to see of something that was recorded, or waits to be; or of which there was nothing to record. */
export function outcomeOf<R extends Recorded>(result: R): R & OperationResult {
  const { recorded, queued } = result;
  return { ...result, outcome: recorded ? 'recorded' : queued ? 'queued' : 'done', tier: null };
}

/** One key and its variants. @throws CacheError `KEY_INVALID` */
export function keyCoverage(hasher: ICoverHasher, key: string): Coverage {
  assertKey(key);
  return { kind: 'hashes', hashes: hasher.coverHashes('key', [key]) };
}

/** What a new value makes invalid. @throws CacheError `KEY_INVALID` */
export function valueCoverage(
  hasher: ICoverHasher,
  key: string,
  options: ResolvedCacheOptions,
): Coverage {
  return keyCoverage(hasher, coveredKey(key, options));
}

/** Of protected data the key for whomever it is kept: its value is everybody's. */
export function coveredKey(key: string, { admission }: ResolvedCacheOptions): string {
  return admission ? baseKeyOf(key) : key;
}

/** Keys, or tags, in as few records as hold them. */
export function coveragesOf(
  hasher: ICoverHasher,
  kind: CoverKind,
  texts: readonly string[],
): readonly Coverage[] {
  const hashes = hasher.coverHashes(kind, texts);
  const span = hasher.maxHashes * 2;
  return Array.from({ length: Math.ceil(hashes.length / span) }, (_, i) => ({
    kind: 'hashes',
    hashes: hashes.slice(i * span, (i + 1) * span),
  }));
}

/** A pattern that is a key or a prefix costs a hash; only a true glob is matched against keys. */
export function patternCoverage(hasher: ICoverHasher, pattern: string): Coverage {
  const simple = simplifyGlob(pattern);
  if (!simple) return { kind: 'glob', pattern };
  return { kind: 'hashes', hashes: hasher.coverHashes(simple.kind, [simple.text]) };
}

export function tagCoverage(hasher: ICoverHasher, tag: string): Coverage {
  return { kind: 'hashes', hashes: hasher.coverHashes('tag', [tag]) };
}
