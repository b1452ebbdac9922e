import {
  VARIANT_SEPARATOR,
  type CacheLogger,
  type CacheOperation,
  type ICacheMiddleware,
  type OperationResult,
} from '@vitalcache/core';

import { CachedMethod } from '../decorator/cached-method.js';
import type { DecoratedMethod } from '../decorator/decorated-method.js';
import { PuttingMethod } from '../decorator/putting-method.js';
import { KnownNames, wordOf } from './known-names.js';

/** Beginnings that are judged in all: more are no beginnings but ids, and whoever reads none of so many warnings reads no more. */
const MAX_JUDGED = 200;
/** Tags that a plugin which protects data adds by itself. */
const CONTRACTS = ['patient', 'doctor', 'clinic', 'appointment', 'phi_data'];

/**
 * For development: says, once of all that begin alike, that an invalidation concerns no key and no tag that this process
 * has declared or used so far, but nearly one. Mostly that is a slip of the pen, after which old data are served until they
 * expire. Of what looks like nothing known nothing is said: others read it, or it was not read yet.
 */
export class UnmatchedInvalidationMiddleware implements ICacheMiddleware {
  readonly name = 'unmatched-invalidation';
  readonly #keys: KnownNames;
  readonly #tags: KnownNames;
  readonly #declared = new Set<string>();
  readonly #judged = new Set<string>();

  /** @param areSecret names may be about people: only what is declared is repeated */
  constructor(
    private readonly logger: Pick<CacheLogger, 'warn'>,
    private readonly areSecret: boolean,
  ) {
    this.#keys = new KnownNames(areSecret);
    this.#tags = new KnownNames(areSecret);
    if (areSecret) for (const word of CONTRACTS) this.#tags.learn(word);
  }

  /** Takes the templates of a class with decorators. */
  declare(type: { readonly name: string }, methods: readonly DecoratedMethod[]): void {
    for (const method of methods) {
      if (!(method instanceof CachedMethod || method instanceof PuttingMethod)) continue;
      const { keyTemplate, options } = method;
      const { template = '', tags = [] } = options;
      if (typeof tags === 'function') this.#tags.leaveOpen();
      else for (const tag of tags) this.#tags.declare(tag);
      if (keyTemplate === undefined) {
        this.#keys.learn(type.name); // as default keys begin
      } else {
        this.#keys.declare(keyTemplate);
        this.#declared.add(template);
      }
    }
  }

  /** What is held was stored, and seen then. */
  onFreshHit(): void {
    // nothing to learn
  }

  onSharedHit(template: string, _strategy: string, key: string): void {
    if (this.#declared.has(template)) return;
    this.#keys.learn(key);
    this.#tags.leaveOpen(); // its own are not told
  }

  handle<R extends OperationResult>(operation: CacheOperation, next: () => Promise<R>): Promise<R> {
    const { kind, options, each } = operation;
    if (options || each) this.#learn(operation);
    else if (kind === 'invalidate' || kind === 'del') this.#check(operation);
    return next();
  }

  #learn({ template, key, keys, options, each = [] }: CacheOperation): void {
    if (this.#declared.has(template)) return;
    for (const one of key === null ? keys : [key]) this.#keys.learn(one);
    for (const { tags } of options ? [options] : each) {
      if (typeof tags === 'function') this.#tags.leaveOpen();
      else for (const tag of tags) this.#tags.learn(tag);
    }
  }

  #check({ key, keys, pattern, tags }: CacheOperation): void {
    const named = key === null ? keys : [key];
    for (const one of named.map(withoutVariant)) {
      if (!this.#keys.has(one)) this.#warn('key', one, this.#keys);
    }
    if (pattern !== null && !this.#keys.hasMatch(pattern)) {
      this.#warn('pattern', pattern, this.#keys);
    }
    for (const tag of tags) {
      const isOfPlugin = this.areSecret && tag.includes('@'); // which adds such tags behind this
      if (!isOfPlugin && !this.#tags.has(tag)) this.#warn('tag', tag, this.#tags);
    }
  }

  #warn(kind: 'key' | 'pattern' | 'tag', name: string, known: KnownNames): void {
    const { length } = name.split(':');
    const occasion = `${kind} ${wordOf(name)} ${length}`;
    if (known.isOpen || this.#judged.has(occasion) || this.#judged.size >= MAX_JUDGED) return;
    this.#judged.add(occasion);
    const near = known.near(name);
    if (near.length === 0) return; // what another process reads, or nobody has read yet
    const what = this.areSecret
      ? `a ${kind}`
      : `the ${kind} ${wordOf(name)}${':…'.repeat(length - 1)}`;
    this.logger.warn(
      `An invalidation of ${what} concerns no ${kind === 'tag' ? 'tag' : 'key'} that this process has declared or used so far (near: ${near.join(', ')}): what it is meant for may stay as it was.`,
    );
  }
}

function withoutVariant(key: string): string {
  return key.split(VARIANT_SEPARATOR, 1)[0] ?? key;
}
