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
const AT_ONCE = 8;

/** A race that a peer is to run. */
interface Start {
  readonly race: IRace;
  readonly peer: IPeer;
}

/** Each question to each peer. */
export const racesOf = ({ races, peers }: BenchmarkPlan): Start[] =>
  peers.flatMap((peer) => races.map((race) => ({ race, peer })));

/** Asks each peer each question, in the order of {@link racesOf}, several at a time. */
export async function runRaces(
  plan: BenchmarkPlan,
  onDone: (step: string) => void,
): Promise<RaceResult[]> {
  const asked = racesOf(plan);
  const waitsMs = ({ race }: Start): number => race.waitsMs ?? 0;
  const begun = [...asked].sort((one, other) => waitsMs(other) - waitsMs(one));
  const results = new Map<Start, RaceResult>();
  await repeat(begun.length, AT_ONCE, async (i) => {
    const start = begun[i] as Start;
    const { race, peer } = start;
    results.set(start, await resultOf(race, peer));
    onDone(`${race.name}: ${peer.name}`);
  });
  return asked.map((start) => results.get(start) as RaceResult);
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
