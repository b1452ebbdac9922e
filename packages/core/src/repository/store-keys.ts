import { escapeGlob } from '../validity/glob.js';

/** Names of what a namespace keeps in a store; a logical key stands in braces, so that it alone decides the slot. */
export class StoreKeys {
  readonly #prefix: string;

  constructor(readonly namespace: string) {
    this.#prefix = `vc:${namespace}:`;
  }

  /** @param schemaVersion of the value: versions that live side by side don't overwrite each other; 0 has no mark. */
  entry(key: string, schemaVersion = 0): string {
    return `${this.#prefix}e:{${escapeBraces(key)}}${schemaVersion > 0 ? `v${schemaVersion}` : ''}`;
  }

  /** Who loads the key at present. */
  lease(key: string): string {
    return `${this.#prefix}l:{${escapeBraces(key)}}`;
  }

  /** That the last holder of the key's lease failed. */
  failure(key: string): string {
    return `${this.#prefix}f:{${escapeBraces(key)}}`;
  }

  /** One record of the namespace's own, such as its settings. */
  own(name: string): string {
    return `${this.#prefix}${name}`;
  }

  /** Matches the entries, of every version, whose logical key matches `pattern`. */
  entryPattern(pattern: string): string {
    return `${escapeGlob(this.#prefix)}e:{${escapeBraces(pattern)}}*`;
  }

  get everyEntry(): string {
    return `${escapeGlob(this.#prefix)}e:*`;
  }
}

const BRACES = /[{}%]/;
const BRACES_ALL = /[{}%]/g;

/** A brace inside a key would end the hash tag. */
function escapeBraces(key: string): string {
  return BRACES.test(key) ? key.replace(BRACES_ALL, encodeURIComponent) : key;
}
