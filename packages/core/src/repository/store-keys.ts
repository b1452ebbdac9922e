import { escapeGlob } from '../validity/glob.js';

/** Names of what a namespace keeps in a store; a logical key stands in braces, so that it alone decides the slot. */
export class StoreKeys {
  readonly #entry: string;

  constructor(readonly namespace: string) {
    this.#entry = `vc:${namespace}:e:{`;
  }

  entry(key: string): string {
    return `${this.#entry}${escapeBraces(key)}}`;
  }

  /** Matches the entries whose logical key matches `pattern`. */
  entryPattern(pattern: string): string {
    return `${escapeGlob(this.#entry)}${escapeBraces(pattern)}}`;
  }

  get everyEntry(): string {
    return `${escapeGlob(this.#entry)}*`;
  }
}

/** A brace inside a key would end the hash tag. */
function escapeBraces(key: string): string {
  return key.replace(/[{}%]/g, encodeURIComponent);
}
