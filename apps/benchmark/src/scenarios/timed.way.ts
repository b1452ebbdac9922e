import { repeat, timed } from '../measuring/stopwatch.js';
import type { Sample, Unit, Way } from './scenario.js';

/** Units of a millisecond. */
const PER_MS: Readonly<Record<string, number>> = { ns: 1e6, us: 1e3, ms: 1 };

/** For so long an operation is repeated before it counts, so that V8 has compiled what is short; never for more rounds than that. */
const WARM_UP = { ms: 100, rounds: 8 };

export interface TimedWayOptions {
  readonly name: string;
  readonly at?: number | string;
  readonly unit: Unit;
  /** How long a round is to take. */
  readonly roundMs: number;
  /** How many operations are under way at once. Default: 1. */
  readonly concurrent?: number;
  /** Operations that one call does. Default: 1. */
  readonly perCall?: number;
  readonly operation: (index: number) => Promise<unknown>;
  check(): Promise<void>;
  close?(): Promise<void>;
  /** Called before a round; what it resolves with is called after it, with how many calls there were, for what else is to be told. */
  details?(): Promise<(calls: number) => Promise<Readonly<Record<string, number>>>>;
}

/** Repeats an operation; before its first round it warms up, and finds out how often, so that each takes about as long as is wanted. */
export class TimedWay implements Way {
  readonly name: string;
  readonly at?: number | string;
  readonly #options: TimedWayOptions;
  #calls = 0;
  #next = 0;

  constructor(options: TimedWayOptions) {
    this.name = options.name;
    if (options.at !== undefined) this.at = options.at;
    this.#options = options;
  }

  check(): Promise<void> {
    return this.#options.check();
  }

  async round(): Promise<Sample> {
    const { unit, perCall = 1 } = this.#options;
    if (this.#calls === 0) await this.#calibrate();
    const tell = await this.#options.details?.();
    const { wallMs, cpuMs } = await this.#run(this.#calls);
    const per = (PER_MS[unit] as number) / (this.#calls * perCall);
    return {
      value: wallMs * per,
      cpu: cpuMs * per,
      ...(tell ? { details: await tell(this.#calls) } : {}),
    };
  }

  async close(): Promise<void> {
    await this.#options.close?.();
  }

  async #calibrate(): Promise<void> {
    const { roundMs, concurrent = 1 } = this.#options;
    let calls = concurrent;
    for (;;) {
      // The first calls are slow, and others may have the processor for a while: neither is to be taken for the cost.
      const spentMs = Math.min(await this.#spent(calls), await this.#spent(calls));
      const wanted = Math.ceil((calls * roundMs) / Math.max(spentMs, 0.001));
      if (wanted <= calls * 2) {
        this.#calls = Math.max(concurrent, wanted);
        const rounds = Math.min(WARM_UP.rounds, WARM_UP.ms / roundMs);
        return void (await this.#run(Math.ceil(this.#calls * rounds)));
      }
      calls = Math.min(wanted, calls * 10);
    }
  }

  /** Of the time on a clock much may be others'; what waits takes little of a processor. */
  async #spent(calls: number): Promise<number> {
    const { wallMs, cpuMs } = await this.#run(calls);
    return Math.max(cpuMs, wallMs / 4);
  }

  #run(calls: number): ReturnType<typeof timed> {
    const { concurrent = 1, operation } = this.#options;
    if (concurrent > 1) {
      return timed(() => repeat(calls, concurrent, () => operation(this.#next++)));
    }
    return timed(async () => {
      for (let i = 0; i < calls; i++) await operation(this.#next++);
    });
  }
}
