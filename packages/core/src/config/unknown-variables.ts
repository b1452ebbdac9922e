import type { Environment } from './environment.reader.js';
import { withNearest } from './nearest-name.js';

/**
 * The `CACHE_*` names that are set and that nobody asked for, each with the nearest known one:
 * `CACHE_PROVDER (did you mean CACHE_PROVIDER?)`.
 *
 * @param known the reader's `known`, after everyone has read through it.
 */
export function findUnknownVariables(
  env: Environment,
  known: ReadonlySet<string>,
): readonly string[] {
  const candidates = [...known].filter((name) => name.startsWith('CACHE_'));
  return Object.keys(env)
    .filter((name) => name.startsWith('CACHE_') && !known.has(name))
    .map((name) => withNearest(name, candidates));
}
