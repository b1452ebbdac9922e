import type { TestStore } from '@vitalcache/testing';

import type { IPeer, PeerAbility } from '../peers/peer.js';
import type { Verdict } from '../results/benchmark-result.js';

export interface RaceContext {
  readonly peer: IPeer;
  /** Of this race's own. */
  readonly store: TestStore;
}

/** What was seen of one peer. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly seen: string;
}

/** A question with an answer of yes or no: is what the cache serves right? */
export interface IRace {
  readonly name: string;
  /** What is done, and what passes. */
  readonly title: string;
  /** Peers without one of these are not asked, because of `otherwise`. */
  readonly needs: readonly PeerAbility[];
  readonly otherwise: string;
  /** What it waits for, of its own accord; absent: moments. The longest begin first. */
  readonly waitsMs?: number;
  run(context: RaceContext): Promise<Outcome>;
}
