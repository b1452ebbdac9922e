import {
  CacheError,
  systemClock,
  type Clock,
  type CoverKind,
  type HashHalves,
  type NameProtection,
  type StoreName,
} from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

import type { UsableRingKey } from '../keys/keyring/ring-key.js';
import { IndexSecret } from './index-secret.js';
import type { Pseudonyms } from './pseudonyms.js';

const SCHEME = 'phi1';
const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 20_000;

export interface KeyedNamesOptions {
  /** The namespace's index keys: the first makes names, all are known. */
  readonly keys: readonly Pick<UsableRingKey, 'key'>[];
  /** Marks of index keys that are destroyed: a journal keeps the one that it was begun with. */
  readonly retiredMarks?: readonly string[];
  /**
   * What decides the slot of a key, such as its tenant and patient: all keys of which it is the same stand together. `null`:
   * the key itself. A function of the key alone.
   */
  readonly slotOf?: (key: string) => string | null;
  readonly clock?: Pick<Clock, 'now'>;
}

/**
 * Names, hashes and pseudonyms by HMAC-SHA-256 with the namespace's index keys. What was reckoned is remembered, in bounded
 * number, for a minute.
 */
export class KeyedNames implements NameProtection, Pseudonyms {
  readonly mark: string;
  readonly #first: IndexSecret;
  readonly #all: readonly IndexSecret[];
  readonly #marks: ReadonlySet<string>;
  readonly #slotOf: (key: string) => string | null;
  readonly #hashes: LRUCache<string, readonly HashHalves[]>;
  readonly #names: LRUCache<string, StoreName>;
  readonly #pseudonyms: LRUCache<string, string>;

  /** @throws CacheError `CONFIG_INVALID` without a key */
  constructor(options: KeyedNamesOptions) {
    const { keys, retiredMarks = [], slotOf = () => null, clock = systemClock } = options;
    this.#all = keys.map(({ key }) => new IndexSecret(key));
    const [first] = this.#all;
    if (!first) {
      throw new CacheError('CONFIG_INVALID', 'Names need an index key; give the keyring one.');
    }
    this.#first = first;
    this.#slotOf = slotOf;
    this.mark = schemed(first.mark);
    const marks = [...this.#all.map(({ mark }) => mark), ...retiredMarks];
    this.#marks = new Set(marks.map(schemed));
    const bounds = {
      max: MAX_REMEMBERED,
      ttl: REMEMBERED_MS,
      ttlResolution: 0,
      perf: { now: () => clock.now() },
    };
    this.#hashes = new LRUCache(bounds);
    this.#names = new LRUCache(bounds);
    this.#pseudonyms = new LRUCache(bounds);
  }

  knows(mark: string): boolean {
    return this.#marks.has(mark);
  }

  hashOf(kind: CoverKind, text: string): HashHalves {
    return this.hashesOf(kind, text)[0] as HashHalves;
  }

  hashesOf(kind: CoverKind, text: string): readonly HashHalves[] {
    return remembered(this.#hashes, `${kind} ${text}`, () =>
      this.#all.map((secret) => secret.hashOf(kind, text)),
    );
  }

  nameOf(key: string): StoreName {
    return remembered(this.#names, key, () => {
      const slot = this.#slotOf(key);
      if (slot === null) return { slot: this.#first.nameOf('key', key), rest: '' };
      return { slot: this.#first.nameOf('slot', slot), rest: this.#first.nameOf('key', key) };
    });
  }

  veil(text: string): string {
    return this.#first.veil(text);
  }

  unveil(veiled: string): string | null {
    return firstOf(this.#all, (secret) => secret.unveil(veiled));
  }

  sign(bytes: Uint8Array): Uint8Array {
    return this.#first.sign(bytes);
  }

  isSigned(bytes: Uint8Array, signature: Uint8Array): boolean {
    return this.#all.some((secret) => secret.isSigned(bytes, signature));
  }

  pseudonym(kind: string, tenant: string, value: string, isRemembered = true): string {
    const made = (): string => this.#first.pseudonym(kind, tenant, value);
    if (!isRemembered) return made();
    return remembered(this.#pseudonyms, `${kind} ${tenant.length} ${tenant}${value}`, made);
  }

  pseudonyms(kind: string, tenant: string, value: string): readonly string[] {
    return this.#all.map((secret) => secret.pseudonym(kind, tenant, value));
  }
}

function schemed(mark: string): string {
  return `${SCHEME}:${mark}`;
}

function remembered<V extends object | string>(
  memory: LRUCache<string, V>,
  name: string,
  make: () => V,
): V {
  const known = memory.get(name);
  if (known !== undefined) return known;
  const made = make();
  memory.set(name, made);
  return made;
}

function firstOf<T, R>(all: readonly T[], ask: (one: T) => R | null): R | null {
  for (const one of all) {
    const answer = ask(one);
    if (answer !== null) return answer;
  }
  return null;
}
