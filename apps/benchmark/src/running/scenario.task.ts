import type { StoreProduct } from '@vitalcache/testing';

import { ALL_PEERS } from '../peers/all-peers.js';
import type { ScenarioResult } from '../results/benchmark-result.js';
import { ALL_SCENARIOS } from '../scenarios/all-scenarios.js';
import type { IScenario } from '../scenarios/scenario.js';
import { SIZES, type Sizes } from '../scenarios/sizes.js';
import { interleaved } from './interleaved.js';

/** A scenario to be run, in words that pass between processes. */
export interface ScenarioTask {
  readonly scenario: string;
  readonly size: Sizes['name'];
  readonly peers: readonly string[];
  readonly product: StoreProduct;
  readonly url: string;
}

export const scenarioNamed = (name: string): IScenario => {
  const found = ALL_SCENARIOS.find((scenario) => scenario.name === name);
  if (!found) throw new Error(`There is no scenario ${name}.`);
  return found;
};

/** Runs a scenario in this process. */
export async function runScenario(
  task: ScenarioTask,
  onRound: (done: number, all: number) => void,
): Promise<ScenarioResult> {
  const scenario = scenarioNamed(task.scenario);
  const { product, url } = task;
  const sizes = SIZES[task.size];
  const peers = ALL_PEERS.filter(({ name }) => task.peers.includes(name));
  const startedAt = performance.now();
  const ways = await scenario.open({ sizes, peers, url, product });
  const rounds = Math.max(1, Math.round(sizes.rounds * (scenario.roundShare ?? 1)));
  const { isCold = false } = scenario;
  const terms = { rounds, wantedMs: sizes.scenarioMs, isCold };
  const results = await interleaved(ways, terms, onRound);
  for (const way of ways) await way.close();
  return {
    name: scenario.name,
    product,
    title: scenario.title,
    unit: scenario.unit,
    isMoreBetter: scenario.isMoreBetter ?? false,
    reference: scenario.reference,
    axis: scenario.axis ?? null,
    seconds: Number(((performance.now() - startedAt) / 1_000).toFixed(1)),
    ways: results,
    failure: null,
  };
}
