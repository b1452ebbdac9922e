import { readFileSync } from 'node:fs';

import { CacheError } from '../errors/cache.error.js';

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads typed values from environment variables and collects what is wrong with them, so that one line can name it
 * all. An empty variable counts as unset. Values of secrets appear in no message.
 */
export class EnvironmentReader {
  readonly #env: Environment;
  readonly #problems: string[] = [];
  readonly #known = new Set<string>();

  constructor(env: Environment) {
    this.#env = env;
  }

  /** The names that were asked for so far, set or not. */
  get known(): ReadonlySet<string> {
    return this.#known;
  }

  string(name: string): string | undefined {
    this.#known.add(name);
    const value = this.#env[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** A whole number within [min, max]. */
  integer(name: string, min: number, max: number): number | undefined {
    const text = this.string(name);
    if (text === undefined) return undefined;
    const value = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    return this.reject(name, `a whole number from ${min} to ${max}`, text);
  }

  /** `true`, `false`, `1` or `0`. */
  boolean(name: string): boolean | undefined {
    const text = this.string(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (text === 'true' || text === '1') return true;
    if (text === 'false' || text === '0') return false;
    return this.reject(name, 'true, false, 1 or 0', text);
  }

  choice<const T extends string>(name: string, accepted: readonly T[]): T | undefined {
    const text = this.string(name);
    if (text === undefined) return undefined;
    const value = accepted.find((candidate) => candidate === text);
    return value ?? this.reject(name, `one of ${accepted.join(', ')}`, text);
  }

  /** A secret, from the variable itself or from the file that `<name>_FILE` points to (its trailing line end removed). */
  secret(name: string): string | undefined {
    const direct = this.string(name);
    const file = this.string(`${name}_FILE`);
    if (direct !== undefined && file !== undefined) {
      return this.reject(name, `only one of ${name} and ${name}_FILE`);
    }
    if (file === undefined) return direct;
    try {
      return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    } catch {
      return this.reject(`${name}_FILE`, 'the path of a file that this process can read', file);
    }
  }

  /** Notes that a variable is unusable; returns `undefined` so that a parser can end with it. */
  reject(name: string, accepted: string, value?: string): undefined {
    const given = value === undefined ? '' : ` is ${JSON.stringify(value.slice(0, 40))};`;
    this.#problems.push(`${name}${given || ':'} accepted: ${accepted}`);
    return undefined;
  }

  /** @throws CacheError `CONFIG_INVALID`, one line naming every unusable variable and what it accepts. */
  assertValid(): void {
    if (this.#problems.length > 0)
      throw new CacheError('CONFIG_INVALID', this.#problems.join(' · '));
  }
}
