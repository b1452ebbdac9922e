import assert from 'node:assert/strict';

import type {
  CacheOperation,
  ICacheMiddleware,
  OperationOutcome,
  OperationResult,
} from '@vitalcache/core';

/** One call of the cache, and how it ended. */
export interface RecordedOperation extends Pick<
  CacheOperation,
  'kind' | 'key' | 'keys' | 'tags' | 'pattern' | 'template'
> {
  /** `rejected`: what it threw went to the caller. */
  readonly outcome: OperationOutcome | 'rejected';
}

/** What was invalidated: exactly one of them. */
export type InvalidationTarget =
  { readonly key: string } | { readonly tag: string } | { readonly pattern: string };

/**
 * Middleware that writes down every operation, for tests: hits of the process's own tier, too. It holds keys and tags,
 * and so has no place in production.
 */
export class OperationRecorder implements ICacheMiddleware {
  readonly name = 'operation-recorder';
  readonly #operations: RecordedOperation[] = [];

  /** In the order in which they ended. */
  get operations(): readonly RecordedOperation[] {
    return this.#operations;
  }

  async handle<R extends OperationResult>(
    operation: CacheOperation,
    next: () => Promise<R>,
  ): Promise<R> {
    try {
      const result = await next();
      this.#note(operation, result.outcome);
      return result;
    } catch (error) {
      this.#note(operation, 'rejected');
      throw error;
    }
  }

  /** How the reads of a key ended so far: `['miss', 'hit']`. */
  outcomesOf(key: string): readonly RecordedOperation['outcome'][] {
    return this.#operations
      .filter((operation) => operation.kind === 'read' && namesKey(operation, key))
      .map(({ outcome }) => outcome);
  }

  /**
   * That the key, tag or pattern was invalidated and every process will know: by the very word, not by something that
   * covers it. @throws AssertionError that lists what was invalidated instead
   */
  assertInvalidated(target: InvalidationTarget): void {
    const all = this.#operations.filter(({ kind }) =>
      ['invalidate', 'clear', 'del'].includes(kind),
    );
    const found = all.filter((operation) => isAbout(operation, target));
    const expected = JSON.stringify(target);
    if (found.length === 0) {
      const list = all.map(describe).join(', ') || 'nothing';
      assert.fail(`Expected an invalidation of ${expected}; invalidated was: ${list}.`);
    }
    const isRecorded = found.some(({ outcome }) => outcome === 'recorded');
    if (!isRecorded) assert.fail(`The invalidation of ${expected} was not recorded.`);
  }

  /** Forgets what was written down. */
  clear(): void {
    this.#operations.length = 0;
  }

  #note(operation: CacheOperation, outcome: RecordedOperation['outcome']): void {
    const { kind, key, keys, tags, pattern, template } = operation;
    this.#operations.push({ kind, key, keys, tags, pattern, template, outcome });
  }
}

const namesKey = ({ key, keys }: RecordedOperation, wanted: string): boolean =>
  key === wanted || keys.includes(wanted);

function isAbout(operation: RecordedOperation, target: InvalidationTarget): boolean {
  if ('key' in target) return namesKey(operation, target.key);
  if ('tag' in target) return operation.tags.includes(target.tag);
  return operation.pattern === target.pattern;
}

function describe({ kind, key, keys, tags, pattern }: RecordedOperation): string {
  if (kind === 'clear') return 'everything';
  return JSON.stringify(
    pattern !== null ? { pattern } : tags.length > 0 ? { tags } : { keys: key ? [key] : keys },
  );
}
