import type { Coverage } from '../journal/journal-record.js';
import type { Subject } from './cover-hash.js';
import { compileGlob } from './glob.js';

/** Whether `coverage` covers the subject, told exactly (no sketch). */
export function covers(coverage: Coverage, subject: Subject): boolean {
  return coverageTest(coverage)(subject);
}

/** {@link covers} of one coverage, prepared to be asked often. */
export function coverageTest(coverage: Coverage): (subject: Subject) => boolean {
  switch (coverage.kind) {
    case 'hashes': {
      const covered = new Set(identitiesOf(coverage.hashes));
      return ({ hashes }) => identitiesOf(hashes).some((identity) => covered.has(identity));
    }
    case 'glob': {
      const matches = compileGlob(coverage.pattern);
      return ({ baseKey }) => matches(baseKey);
    }
    case 'clear':
    case 'unknown':
      return () => true;
  }
}

/** Invalidations that have no stamp yet and so count as later than any fence. Coverages are told apart by identity. */
export class PendingCoverage {
  readonly #hashes = new Map<number, number>();
  /** What is no hash, with a test for it. */
  readonly #others = new Map<Coverage, (subject: Subject) => boolean>();

  add(coverage: Coverage): void {
    if (coverage.kind !== 'hashes') this.#others.set(coverage, coverageTest(coverage));
    else for (const identity of identitiesOf(coverage.hashes)) this.#count(identity, 1);
  }

  remove(coverage: Coverage): void {
    if (coverage.kind !== 'hashes') this.#others.delete(coverage);
    else for (const identity of identitiesOf(coverage.hashes)) this.#count(identity, -1);
  }

  covers(subject: Subject): boolean {
    if (this.#hashes.size > 0) {
      if (identitiesOf(subject.hashes).some((identity) => this.#hashes.has(identity))) return true;
    }
    for (const isCovered of this.#others.values()) if (isCovered(subject)) return true;
    return false;
  }

  #count(identity: number, by: number): void {
    const count = (this.#hashes.get(identity) ?? 0) + by;
    if (count > 0) this.#hashes.set(identity, count);
    else this.#hashes.delete(identity);
  }
}

/** 53 of the 64 bits of each hash: a number is a cheap map key, and a collision costs a needless miss only. */
export function identitiesOf(hashes: ArrayLike<number>): number[] {
  const identities: number[] = [];
  for (let i = 0; i < hashes.length; i += 2) {
    identities.push(((hashes[i + 1] as number) & 0x1fffff) * 2 ** 32 + (hashes[i] as number));
  }
  return identities;
}
