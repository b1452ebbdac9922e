import type { IPeer } from '../peers/peer.js';
import type { IRace } from '../races/race.js';
import { labels, type RaceTask } from '../races/race.task.js';
import { repeat } from '../measuring/stopwatch.js';
import type { RaceResult } from '../results/benchmark-result.js';
import type { BenchmarkPlan } from './benchmark-plan.js';
import { runChild } from './run-child.js';

const RACE_PROCESS = new URL('../races/race.process.js', import.meta.url);
const BOUND_MS = 45_000;
/** They mostly wait. */
const AT_ONCE = 6;

/** Each question to each peer. */
export const racesOf = ({ races, peers }: BenchmarkPlan): { race: IRace; peer: IPeer }[] =>
  peers.flatMap((peer) => races.map((race) => ({ race, peer })));

/** Asks each peer each question, in the order of {@link racesOf}, several at a time. */
export async function runRaces(
  plan: BenchmarkPlan,
  onDone: (step: string) => void,
): Promise<RaceResult[]> {
  const asked = racesOf(plan);
  const results: RaceResult[] = [];
  await repeat(asked.length, AT_ONCE, async (i) => {
    const { race, peer } = asked[i] as (typeof asked)[number];
    results[i] = await resultOf(race, peer);
    onDone(`${race.name}: ${peer.name}`);
  });
  return results;
}

async function resultOf(race: IRace, peer: IPeer): Promise<RaceResult> {
  const named = labels(race, peer.name);
  if (!race.needs.every((need) => peer.abilities.includes(need))) {
    return { ...named, verdict: 'n/a', seen: race.otherwise };
  }
  const task: RaceTask = { race: race.name, peer: peer.name };
  try {
    return await runChild<RaceResult>({ file: RACE_PROCESS, task, boundMs: BOUND_MS });
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return { ...named, verdict: 'fail', seen };
  }
}
