import type { TestStore } from '@vitalcache/testing';

import { repeat } from '../measuring/stopwatch.js';
import type { BenchmarkResult, ScenarioResult, StoreResult } from '../results/benchmark-result.js';
import { readCommit, readEnvironment, readVersions } from '../results/read-environment.js';
import type { IScenario } from '../scenarios/scenario.js';
import type { BenchmarkPlan } from './benchmark-plan.js';
import type { Progress } from './progress.js';
import { racesOf, runRaces } from './run-races.js';
import { runChild } from './run-child.js';
import type { ScenarioTask } from './scenario.task.js';

const SCENARIO_PROCESS = new URL('./scenario.process.js', import.meta.url);
const BOUND_MS = { full: 400_000, quick: 120_000, tiny: 120_000 };

/** A scenario and the store that it is run on. */
interface Step {
  readonly scenario: IScenario;
  readonly store: TestStore;
}

/** Runs a plan, a scenario after the other, each in a process of its own. */
export class BenchmarkRunner {
  readonly #plan: BenchmarkPlan;
  readonly #steps: readonly Step[];

  constructor(plan: BenchmarkPlan, stores: readonly TestStore[]) {
    this.#plan = plan;
    this.#steps = stores.flatMap((store) =>
      plan.scenarios
        .filter(({ everyStore }) => everyStore || store.product === 'redis')
        .map((scenario) => ({ scenario, store })),
    );
  }

  /** How many steps there are. */
  get steps(): number {
    return this.#steps.length + racesOf(this.#plan).length;
  }

  async run(progress: Progress, stores: readonly StoreResult[]): Promise<BenchmarkResult> {
    const { sizes, peers } = this.#plan;
    const [startedAt, environment] = [new Date(), readEnvironment()];
    const scenarios: ScenarioResult[] = [];
    await repeat(this.#steps.length, sizes.atOnce, async (i) => {
      scenarios[i] = await this.#scenario(this.#steps[i] as Step, progress);
    });
    const races = await runRaces(this.#plan, (step) => progress.completed(step));
    return {
      format: 1,
      mode: sizes.name,
      startedAt: startedAt.toISOString(),
      seconds: Math.round((Date.now() - startedAt.getTime()) / 1_000),
      ...readCommit(),
      environment,
      versions: readVersions(peers),
      stores,
      scenarios,
      races,
    };
  }

  async #scenario({ scenario, store }: Step, progress: Progress): Promise<ScenarioResult> {
    const { sizes, peers } = this.#plan;
    const { product, url } = store;
    const { name, title, unit, reference, isMoreBetter = false, axis = null } = scenario;
    const step = product === 'redis' ? name : `${name} on ${product}`;
    progress.within(step, 0);
    const task: ScenarioTask = {
      scenario: name,
      size: sizes.name,
      peers: peers.map((peer) => peer.name),
      product,
      url,
    };
    const startedAt = performance.now();
    try {
      return await runChild<ScenarioResult>({
        file: SCENARIO_PROCESS,
        task,
        boundMs: BOUND_MS[sizes.name],
        onProgress: (done, all) => progress.within(step, done / all),
      });
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      return {
        name,
        product,
        title,
        unit,
        isMoreBetter,
        reference,
        axis,
        seconds,
        ways: [],
        failure,
      };
    } finally {
      // Others may still need what is theirs.
      if (sizes.atOnce === 1) await store.flush();
      progress.completed(step);
    }
  }
}
