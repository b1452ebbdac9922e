const KEPT_READS = 40;
const OUTCOMES = ['hit', 'stale', 'miss'];

/**
 * Remembers the last reads and writes and counts all reads by outcome; says `change` when it grows.
 * A read is `{ what, ms, outcome, age, version }`, a write `{ what: 'write', ms, version }`.
 */
export class ReadLog extends EventTarget {
  entries = [];
  counts = { hit: 0, stale: 0, miss: 0, bypass: 0, unknown: 0 };

  add(entry) {
    if (entry.what !== 'write') this.counts[entry.outcome] += 1;
    this.entries.push(entry);
    while (this.entries.filter(({ what }) => what !== 'write').length > KEPT_READS)
      this.entries.shift();
    this.dispatchEvent(new Event('change'));
  }

  /** Reads answered by the cache, fresh or stale, of all that could have been; null before the first. */
  get hitRate() {
    const total = OUTCOMES.reduce((sum, outcome) => sum + this.counts[outcome], 0);
    return total === 0 ? null : (this.counts.hit + this.counts.stale) / total;
  }
}
