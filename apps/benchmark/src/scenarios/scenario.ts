import type { TestStore } from '@vitalcache/testing';

import type { IPeer } from '../peers/peer.js';
import type { Sizes } from './sizes.js';

/** What one round of one way of doing the work gave. */
export interface Sample {
  /** In the scenario's unit, for one operation. */
  readonly value: number;
  /** Of this process's time on a processor, in the same unit, where that is what the work takes. */
  readonly cpu?: number;
  /** Further numbers of the round, by what they are. */
  readonly details?: Readonly<Record<string, number>>;
}

/** One way of doing a scenario's work. */
export interface Way {
  /** Of the peer whose way it is, unless a scenario has several ways of one. */
  readonly name: string;
  /** Where it stands on the scenario's axis, if that has one. */
  readonly at?: number | string;
  /** Does the work once and looks at the result; done before anything is timed. @throws Error that says what was wrong */
  check(): Promise<void>;
  round(): Promise<Sample>;
  close(): Promise<void>;
}

/** In what a scenario measures. More of it is worse, unless it says otherwise. */
export type Unit = 'ns' | 'us' | 'ms' | 'bytes' | 'requests/s';

/** What scenarios get. */
export interface ScenarioContext {
  readonly sizes: Sizes;
  readonly peers: readonly IPeer[];
  /** The shared store of this run, empty. Scenarios that break a store start one of their own. */
  readonly url: string;
  readonly product: TestStore['product'];
}

/** Something that is measured: its own file, and a line in `all-scenarios.ts`. */
export interface IScenario {
  readonly name: string;
  /** What is done, in a sentence. */
  readonly title: string;
  readonly unit: Unit;
  readonly isMoreBetter?: boolean;
  /**
   * The name of the way that others are compared with, at the same place of the axis. Where there is none, a way is
   * compared with the first of its own name.
   */
  readonly reference: string;
  /** What ways of one name differ in: then they are drawn over it. */
  readonly axis?: string;
  /** Whether it is of interest on each make of store. */
  readonly everyStore?: boolean;
  /** Whether its first round counts, because each starts afresh in any case. */
  readonly isCold?: boolean;
  /** Share of the usual number of rounds, for those whose rounds take long. */
  readonly roundShare?: number;
  /** Whether a short run says nothing about it: a first look leaves it out. */
  readonly needsTime?: boolean;
  /** Opens the ways, ready to be checked. */
  open(context: ScenarioContext): Promise<readonly Way[]>;
}
