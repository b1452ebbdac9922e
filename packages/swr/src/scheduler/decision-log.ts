import type { CachePriority } from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

interface Decision {
  readonly at: number;
  readonly priority: CachePriority;
  readonly text: string;
}

/** The last decision about each of the keys that were decided about last, within a fixed number. */
export class DecisionLog {
  readonly #decisions: LRUCache<string, Decision>;

  /** @param max at least 1 */
  constructor(max: number) {
    this.#decisions = new LRUCache({ max });
  }

  note(key: string, decision: Decision): void {
    this.#decisions.set(key, decision);
  }

  /** `null` for a key that nothing was decided about, or too long ago. */
  explain(key: string, now: number): string | null {
    const decision = this.#decisions.peek(key);
    if (!decision) return null;
    return `${decision.text} (priority ${decision.priority}, ${now - decision.at} ms ago)`;
  }
}
