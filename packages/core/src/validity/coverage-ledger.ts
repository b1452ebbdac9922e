import type { Coverage } from '../journal/journal-record.js';
import type { Subject } from './cover-hash.js';
import { compileGlob } from './glob.js';
import { Sketch } from './sketch.js';

const MAX_GLOBS = 256;

interface RaisedGlob {
  readonly matches: (key: string) => boolean;
  readonly stamp: number;
}

/** The latest stamp of everything that one kind of invalidation covers: hashes in a sketch, globs, and the last clear. */
export class CoverageLedger {
  /** For estimates; raise it through {@link raise} only. */
  readonly sketch: Sketch;
  readonly #globs = new Map<string, RaisedGlob>();
  #clearedAt = 0;
  #newest = 0;

  /** @param sketchSlots a power of two; 8 bytes each. */
  constructor(sketchSlots: number) {
    this.sketch = new Sketch(sketchSlots);
  }

  /** Stamp of the latest coverage of everything; 0 if there is none. */
  get clearedAt(): number {
    return this.#clearedAt;
  }

  /** The latest stamp raised. */
  get newest(): number {
    return this.#newest;
  }

  /** In any order; an earlier stamp than the one known changes nothing. */
  raise(coverage: Coverage, stamp: number): void {
    if (coverage.kind === 'hashes') this.sketch.raise(coverage.hashes, stamp);
    else if (coverage.kind === 'glob') this.#addGlob(coverage.pattern, stamp);
    else this.#clearedAt = Math.max(this.#clearedAt, stamp);
    this.#newest = Math.max(this.#newest, stamp);
  }

  /** Whether something with a stamp later than `after` may cover the subject. */
  covers(subject: Subject, after: number): boolean {
    if (after >= this.#newest) return false;
    return (
      after < this.#clearedAt ||
      this.sketch.isRaised(subject.hashes, after) ||
      this.#isMatched(subject.baseKey, after)
    );
  }

  /** Forgets everything. */
  clear(): void {
    this.sketch.clear();
    this.#globs.clear();
    this.#clearedAt = 0;
    this.#newest = 0;
  }

  /** Globs are kept by their last use; the one that no longer fits becomes a clear of its own stamp. */
  #addGlob(pattern: string, stamp: number): void {
    const known = this.#globs.get(pattern);
    if (known && known.stamp >= stamp) return;
    this.#globs.delete(pattern);
    this.#globs.set(pattern, { matches: known?.matches ?? compileGlob(pattern), stamp });
    if (this.#globs.size <= MAX_GLOBS) return;
    const [oldest, glob] = [...this.#globs].reduce((a, b) => (a[1].stamp <= b[1].stamp ? a : b));
    this.#globs.delete(oldest);
    this.#clearedAt = Math.max(this.#clearedAt, glob.stamp);
  }

  #isMatched(key: string, after: number): boolean {
    if (this.#globs.size === 0) return false; // before an iterator is made
    for (const glob of this.#globs.values()) {
      if (glob.stamp > after && glob.matches(key)) return true;
    }
    return false;
  }
}
