import type { NameProtection } from '../protection/name-protection.js';
import { escapeGlob } from '../validity/glob.js';

/** Names of what a namespace keeps in a store; a logical key stands in braces, so that it alone decides the slot. */
export class StoreKeys {
  readonly #prefix: string;
  readonly #names: NameProtection | null;

  /** @param names of keys that nobody may read in the store; `null`: the keys themselves */
  constructor(
    readonly namespace: string,
    names: NameProtection | null = null,
  ) {
    this.#prefix = `vc:${namespace}:`;
    this.#names = names;
  }

  /** Whether the store must not get to know keys, nor tags. */
  get areSecret(): boolean {
    return this.#names !== null;
  }

  /** @param schemaVersion of the value: versions that live side by side don't overwrite each other; 0 has no mark. */
  entry(key: string, schemaVersion = 0): string {
    return `${this.#name('e', key)}${schemaVersion > 0 ? `v${schemaVersion}` : ''}`;
  }

  /** Who loads the key at present. */
  lease(key: string): string {
    return this.#name('l', key);
  }

  /** That the last holder of the key's lease failed. */
  failure(key: string): string {
    return this.#name('f', key);
  }

  /** A set of names, for housekeeping. */
  index(key: string): string {
    return this.#name('i', key);
  }

  /** One record of the namespace's own, such as its settings. */
  own(name: string): string {
    return `${this.#prefix}${name}`;
  }

  /** Matches the entries, of every version, whose logical key matches `pattern`; `null` where their names don't tell. */
  entryPattern(pattern: string): string | null {
    if (this.#names) return null;
    return `${escapeGlob(this.#prefix)}e:{${escapeBraces(pattern)}}*`;
  }

  get everyEntry(): string {
    return `${escapeGlob(this.#prefix)}e:*`;
  }

  get everyIndex(): string {
    return `${escapeGlob(this.#prefix)}i:*`;
  }

  #name(kind: 'e' | 'l' | 'f' | 'i', key: string): string {
    if (!this.#names) return `${this.#prefix}${kind}:{${escapeBraces(key)}}`;
    const { slot, rest } = this.#names.nameOf(key);
    return `${this.#prefix}${kind}:{${slot}}${rest}`;
  }
}

const BRACES = /[{}%]/;
const BRACES_ALL = /[{}%]/g;

/** A brace inside a key would end the hash tag. */
function escapeBraces(key: string): string {
  return BRACES.test(key) ? key.replace(BRACES_ALL, encodeURIComponent) : key;
}
