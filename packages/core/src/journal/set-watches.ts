import type { Subject } from '../validity/cover-hash.js';
import { coverageTest, identitiesOf } from '../validity/pending-coverage.js';
import { verdictOf, worse, type Verdict } from '../validity/verdict.js';
import type { Fence } from './fence.js';
import type { Coverage, JournalRecord } from './journal-record.js';
import type { Posting } from './outbox.js';

/** A value that is to be set, and what has happened to its subject since the value was obtained. */
export interface SetWatch {
  readonly subject: Subject;
  /** From before the value was obtained. */
  readonly fence: Fence;
  /** Its own record; `null` until its turn has come. */
  posting: Posting | null;
  verdict: Verdict;
}

/** The sets under way in this process: whatever but its own record covers one of them must not be lost on it. */
export class SetWatches {
  readonly #watches = new Set<SetWatch>();
  /** The same by what covers them: thousands may be under way at a time. */
  readonly #byIdentity = new Map<number, Set<SetWatch>>();

  add(watch: SetWatch): void {
    this.#watches.add(watch);
    for (const identity of identitiesOf(watch.subject.hashes)) {
      const watches = this.#byIdentity.get(identity);
      if (watches) watches.add(watch);
      else this.#byIdentity.set(identity, new Set([watch]));
    }
  }

  delete(watch: SetWatch): void {
    this.#watches.delete(watch);
    for (const identity of identitiesOf(watch.subject.hashes)) {
      const watches = this.#byIdentity.get(identity);
      watches?.delete(watch);
      if (watches?.size === 0) this.#byIdentity.delete(identity);
    }
  }

  /** A record counts. */
  onRecord({ body, nonce }: JournalRecord): void {
    if (body.kind !== 'genesis') this.#cover(body, ({ posting }) => posting?.nonce !== nonce);
  }

  /** A set is about to be recorded: those before it are not the last. */
  onSet(coverage: Coverage): void {
    this.#cover(coverage, ({ posting }) => posting !== null);
  }

  /** Anything may have happened. */
  onJump(): void {
    for (const watch of this.#watches) watch.verdict = 'covered';
  }

  #cover(coverage: Coverage, isOther: (watch: SetWatch) => boolean): void {
    for (const watch of this.#coveredBy(coverage)) {
      if (isOther(watch)) watch.verdict = worse(watch.verdict, verdictOf(coverage));
    }
  }

  #coveredBy(coverage: Coverage): readonly SetWatch[] {
    if (this.#watches.size === 0) return [];
    if (coverage.kind === 'hashes') {
      return identitiesOf(coverage.hashes).flatMap((one) => [...(this.#byIdentity.get(one) ?? [])]);
    }
    const isCovered = coverageTest(coverage);
    return [...this.#watches].filter(({ subject }) => isCovered(subject));
  }
}
