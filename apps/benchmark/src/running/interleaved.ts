import { collectGarbage } from '../measuring/garbage.js';
import type { WayResult } from '../results/benchmark-result.js';
import type { Sample, Way } from '../scenarios/scenario.js';

/** Fewer samples have no median that means something. */
const MIN_ROUNDS = 3;

/** How often ways are measured. */
export interface Rounds {
  readonly rounds: number;
  /** How long all rounds together may take, once there are a few. Default: as long as they do. */
  readonly wantedMs?: number;
  readonly isCold?: boolean;
}

/** A way, and what has become of it so far. */
class Course {
  readonly samples: Sample[] = [];
  failure: string | null = null;

  constructor(readonly way: Way) {}

  async attempt(work: () => Promise<unknown>): Promise<void> {
    if (this.failure !== null) return;
    try {
      await work();
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  result(): WayResult {
    const { name, at = null } = this.way;
    return { name, at, samples: this.failure === null ? this.samples : [], failure: this.failure };
  }
}

/**
 * Checks each way, then runs each once a round, in an order that turns, so that what else the machine does meets all of
 * them alike; none has to clear away what another left. The first round is for warming up and does not count, unless
 * all start afresh. A way that fails is left out from there on; the others go on. Once the time is over no round begins,
 * when there are enough for a median.
 */
export async function interleaved(
  ways: readonly Way[],
  { rounds, wantedMs = Infinity, isCold = false }: Rounds,
  onRound: (done: number, all: number) => void,
): Promise<WayResult[]> {
  const courses = ways.map((way) => new Course(way));
  for (const course of courses) await course.attempt(() => course.way.check());
  const first = isCold ? 1 : 0;
  const endsAt = performance.now() + wantedMs;
  for (let round = first; round <= rounds; round++) {
    if (round > MIN_ROUNDS && performance.now() >= endsAt) break;
    for (let turn = 0; turn < courses.length; turn++) {
      const course = courses[(round + turn) % courses.length] as Course;
      collectGarbage();
      await course.attempt(async () => {
        const sample = await course.way.round();
        if (round > 0) course.samples.push(sample);
      });
    }
    onRound(round + 1 - first, rounds + 1 - first);
  }
  return courses.map((course) => course.result());
}
