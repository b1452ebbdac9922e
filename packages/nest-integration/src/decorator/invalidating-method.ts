import { assertTags, CacheError, type InvalidationOptions } from '@vitalcache/core';

import { AnswerPlaceholders } from './answer-placeholders.js';
import type { CacheInvalidateOptions } from './cache-invalidate.options.js';
import { DecoratedMethod, type DecoratedPlace } from './decorated-method.js';
import { compileEach, compilePattern, type TextsOfCall } from './method-templates.js';

/** The compiler sees to it that the names are complete. */
const NAMES: Readonly<Record<keyof CacheInvalidateOptions, true>> = {
  cache: true,
  keys: true,
  tags: true,
  patterns: true,
  alsoOnError: true,
  mode: true,
  settleMs: true,
  whenQueued: true,
};
const MAX_SETTLE_MS = 60_000;

/** What `@CacheInvalidate()` knows of one method: checked and compiled once, when the class is defined. */
export class InvalidatingMethod extends DecoratedMethod {
  readonly keys: readonly TextsOfCall[];
  readonly tags: readonly TextsOfCall[];
  readonly patterns: readonly TextsOfCall[];
  readonly alsoOnError: boolean;
  readonly options: InvalidationOptions;

  /** @throws CacheError `OPTION_INVALID`, `KEY_INVALID`, `TAG_INVALID` or `PATTERN_INVALID`, naming class and method */
  constructor(place: DecoratedPlace, options: CacheInvalidateOptions) {
    super(place, options.cache);
    const { keys = [], tags = [], patterns = [], alsoOnError = false } = options;
    try {
      assertOptions(options);
      const placeholders = new AnswerPlaceholders(this.parameters());
      assertTags(tags);
      this.keys = keys.map((key) => compileEach(key, placeholders));
      this.tags = tags.map((tag) => compileEach(tag, placeholders));
      this.patterns = patterns.map((pattern) => compilePattern(pattern, placeholders));
    } catch (error) {
      throw this.explained(error);
    }
    this.alsoOnError = alsoOnError;
    const { mode, settleMs, whenQueued } = options;
    this.options = Object.freeze({
      ...(mode && { mode }),
      ...(settleMs !== undefined && { settleMs }),
      ...(whenQueued && { whenQueued }),
    });
  }
}

function assertOptions(options: CacheInvalidateOptions): void {
  const fail = (message: string): never => {
    throw new CacheError('OPTION_INVALID', message);
  };
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(NAMES, name));
  if (unknown.length > 0) {
    fail(`${unknown.join(', ')} is not an option; accepted: ${Object.keys(NAMES).join(', ')}.`);
  }
  const { keys, tags, patterns, alsoOnError, mode, settleMs, whenQueued } = options;
  const lists = Object.entries({ keys, tags, patterns }).filter(([, list]) => list !== undefined);
  for (const [name, list] of lists) {
    if (!Array.isArray(list)) fail(`${name} must be a list of strings.`);
  }
  if (lists.every(([, list]) => list?.length === 0)) {
    fail('nothing would become invalid; name keys, tags or patterns.');
  }
  if (alsoOnError !== undefined && typeof alsoOnError !== 'boolean') {
    fail('alsoOnError must be true or false.');
  }
  if (mode !== undefined && mode !== 'stale') fail("mode must be 'stale', or absent.");
  if (whenQueued !== undefined && whenQueued !== 'resolve' && whenQueued !== 'throw') {
    fail("whenQueued must be 'resolve' or 'throw'.");
  }
  const isTime = (ms: number): boolean => Number.isFinite(ms) && ms >= 0 && ms <= MAX_SETTLE_MS;
  if (settleMs !== undefined && !isTime(settleMs)) {
    fail(`settleMs must be a number of milliseconds from 0 to ${MAX_SETTLE_MS}.`);
  }
}
