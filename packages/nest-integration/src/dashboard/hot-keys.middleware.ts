import { createHmac, randomBytes } from 'node:crypto';

import type { CacheOperation, ICacheMiddleware, OperationResult } from '@vitalcache/core';

import { FrequentItems } from './frequent-items.js';

/** One read in so many is looked at, at random: reads that take turns must not hide each other. */
const SAMPLE = 4;
/** Nobody looks at the dashboard any more: reads cost nothing again. */
const WATCHED_MS = 30_000;
const SHOWN = 10;
const MAX_SHOWN_LENGTH = 80;
/** Keys that may name people, by the conventions of the key factory. */
const OF_PEOPLE =
  /(?:^|:)(?:patient|doctor|clinic|appointment|prescription|medical|lab|emergency|phi)/i;

/** A key that is read much. */
export interface HotKey {
  /** The key, or a reference that stands for it in this process, where it may name a person. */
  readonly name: string;
  readonly isReference: boolean;
  readonly template: string;
  /** Of the reads that were looked at, 0 to 1. */
  readonly share: number;
}

/** Knows which keys are read most, while somebody wants to know. */
export class HotKeysMiddleware implements ICacheMiddleware {
  readonly name = 'hot-keys';
  readonly #secret = randomBytes(32);
  readonly #items = new FrequentItems();
  #watchedUntil = 0;
  #skip = 0;

  /** @param areReferences stand for all keys, whatever they look like; @param random uniform in [0, 1) */
  constructor(
    private readonly areReferences: boolean,
    private readonly random: () => number = Math.random,
  ) {}

  handle<R extends OperationResult>(operation: CacheOperation, next: () => Promise<R>): Promise<R> {
    const { kind, key, keys, template, isWarming } = operation;
    if ((kind === 'read' || kind === 'get') && !isWarming && this.#isWatched()) {
      if (key !== null) this.#take(template, key);
      for (const one of keys) this.#take(template, one);
    }
    return next();
  }

  onFreshHit(template: string, _strategy: string, key: string): void {
    if (this.#watchedUntil > 0 && this.#isWatched()) this.#take(template, key);
  }

  onSharedHit(template: string, _strategy: string, key: string): void {
    this.onFreshHit(template, '', key);
  }

  /** The keys read most lately; begins to look, and goes on for a while. */
  hottest(): readonly HotKey[] {
    if (!this.#isWatched()) this.#items.clear();
    this.#watchedUntil = performance.now() + WATCHED_MS;
    return this.#items.top(SHOWN).map(({ item, note, share }) => {
      const isReference = this.areReferences || OF_PEOPLE.test(item);
      const name = isReference ? this.#referenceOf(item) : item.slice(0, MAX_SHOWN_LENGTH);
      return { name, isReference, template: note, share };
    });
  }

  #isWatched(): boolean {
    if (this.#watchedUntil === 0) return false;
    if (performance.now() < this.#watchedUntil) return true;
    this.#watchedUntil = 0;
    this.#items.clear(); // keys of people are kept no longer than somebody looks
    return false;
  }

  #take(template: string, key: string): void {
    if (this.#skip-- > 0) return;
    this.#skip = Math.floor(this.random() * (2 * SAMPLE - 1));
    this.#items.add(key, template);
  }

  #referenceOf(key: string): string {
    return createHmac('sha256', this.#secret).update(key).digest('hex').slice(0, 10);
  }
}
