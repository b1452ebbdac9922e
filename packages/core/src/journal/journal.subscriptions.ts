import { covers } from '../validity/pending-coverage.js';
import type { JournalRecord } from './journal-record.js';

interface Subscription {
  readonly hashes: Uint32Array;
  readonly listener: () => void;
}

/** Who wants to know of invalidations, and of which. A listener that throws is the listener's concern. */
export class JournalSubscriptions {
  readonly #subscriptions = new Set<Subscription>();

  /** Returns what ends it. */
  add(hashes: Uint32Array, listener: () => void): () => void {
    const subscription = { hashes, listener };
    this.#subscriptions.add(subscription);
    return () => void this.#subscriptions.delete(subscription);
  }

  onRecord({ body }: JournalRecord): void {
    if (body.kind === 'genesis') return;
    this.#call(({ hashes }) => covers(body, { baseKey: '', hashes }));
  }

  /** Anything may have been invalidated. */
  onJump(): void {
    this.#call(() => true);
  }

  #call(isConcerned: (subscription: Subscription) => boolean): void {
    for (const subscription of [...this.#subscriptions].filter(isConcerned)) {
      try {
        subscription.listener();
      } catch {
        // journal and other listeners go on
      }
    }
  }
}
