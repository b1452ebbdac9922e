import type { Coverage } from '../journal/journal-record.js';
import type { Subject } from './cover-hash.js';
import { compileGlob } from './glob.js';

/**
 * Whether an invalidation covers the subject, hash by hash: what the sketch only estimates from above, and too slow for
 * reads.
 */
export function covers(coverage: Coverage, { baseKey, hashes }: Subject): boolean {
  switch (coverage.kind) {
    case 'clear':
    case 'unknown':
      return true;
    case 'glob':
      return compileGlob(coverage.pattern)(baseKey);
    case 'hashes':
      return shareOne(coverage.hashes, hashes);
  }
}

/** Whether two lists of pairs of 32-bit halves have a pair in common. */
function shareOne(some: ArrayLike<number>, others: ArrayLike<number>): boolean {
  for (let i = 0; i < others.length; i += 2) {
    for (let k = 0; k < some.length; k += 2) {
      if (some[k] === others[i] && some[k + 1] === others[i + 1]) return true;
    }
  }
  return false;
}
