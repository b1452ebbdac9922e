import { isDeepStrictEqual } from 'node:util';

import { CacheError, KeyPattern, VARIANT_SEPARATOR } from '@vitalcache/core';

import type { SampledRead } from './key.reservoir.js';

/** Asks the source what a key has now: its value, or what `versionOf` gives for it. May reject: then nothing is known. */
export type SourceCheck = (key: string) => unknown;

export interface SourceCheckOptions {
  /** What the check gives, of a cached value; absent: the value itself. */
  readonly versionOf?: (cached: never) => unknown;
}

/** What holds for the keys of a template. */
export interface RegisteredCheck {
  readonly ask: SourceCheck;
  readonly versionOf: (cached: unknown) => unknown;
}

/** Which source can tell whether what is cached is still so, by template. */
export class SourceChecks {
  readonly #byTemplate = new Map<string, RegisteredCheck>();
  readonly #patterns: KeyPattern[] = [];

  /** @throws CacheError `OPTION_INVALID`, `CONFIG_INVALID` for a template that is there, `KEY_INVALID` for none at all */
  register(template: string, ask: SourceCheck, { versionOf }: SourceCheckOptions = {}): void {
    if (typeof ask !== 'function') {
      throw new CacheError('OPTION_INVALID', `The check of ${template} must be a function.`);
    }
    if (this.#byTemplate.has(template)) {
      throw new CacheError('CONFIG_INVALID', `${template} has a check: register it once.`);
    }
    const pattern = new KeyPattern(template);
    this.#byTemplate.set(template, {
      ask,
      versionOf: (cached) => (versionOf ? versionOf(cached as never) : cached),
    });
    this.#patterns.push(pattern);
    this.#patterns.sort(KeyPattern.compare);
  }

  /**
   * That of the read's template, else of the template that its key matches; `null` if there is none, and for a variant, of
   * which a source knows nothing.
   */
  of({ template, key }: SampledRead): RegisteredCheck | null {
    if (this.#patterns.length === 0 || key.includes(VARIANT_SEPARATOR)) return null;
    const named = this.#byTemplate.get(template);
    if (named) return named;
    const segments = key.split(':');
    const pattern = this.#patterns.find((one) => one.matches(segments));
    return (pattern && this.#byTemplate.get(pattern.source)) ?? null;
  }
}

/** Whether a cached value, which is plain, is what the source has, of whatever class that is. */
export function agree(cached: unknown, current: unknown): boolean {
  return isDeepStrictEqual(structuredClone(cached), structuredClone(current));
}
