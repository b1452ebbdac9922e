/** One stretch of the model's schedules. */
export interface ModelPart {
  readonly seed: number;
  readonly runs: number;
  readonly timeoutMs: number;
  readonly onRun: () => void;
}

/** Schedules of an ordinary run. */
const ORDINARY_RUNS = 20_000;
const ORDINARY_SEED = 20_260_101;
/** Schedules of one test, so that a failure comes soon and its seed is one of many. */
const RUNS_PER_PART = 2_000;
/** What one schedule may take on a slow machine. */
const MS_PER_RUN = 100;

/** How many schedules are run, from which seed on, and whether somebody watches. */
export class ModelRun {
  #done = 0;
  readonly #startedAt = performance.now();

  constructor(
    private readonly kind: string,
    private readonly seed: number,
    private readonly runs: number,
    /** Where a line of progress goes; `null`: nobody watches. */
    private readonly terminal: { write(text: string): unknown } | null,
  ) {}

  /**
   * From `VITALCACHE_MODEL_SEED` and `VITALCACHE_MODEL_RUNS`, which `run-model.mjs` sets.
   * @param kind of plans, for the line of progress
   */
  static fromEnvironment(
    kind: string,
    { share, first }: { readonly share: number; readonly first: number },
    environment: NodeJS.ProcessEnv,
  ): ModelRun {
    const { VITALCACHE_MODEL_SEED: seed, VITALCACHE_MODEL_RUNS: runs } = environment;
    const isWatched = runs !== undefined && process.stderr.isTTY;
    return new ModelRun(
      kind,
      Number(seed ?? ORDINARY_SEED) + first,
      Math.round(Number(runs ?? ORDINARY_RUNS) * share),
      isWatched ? process.stderr : null,
    );
  }

  /** The schedules, in parts that have seeds of their own. */
  parts(): readonly ModelPart[] {
    const { runs } = this;
    const count = Math.ceil(runs / RUNS_PER_PART);
    return Array.from({ length: count }, (_, i) => {
      const own = Math.floor(((i + 1) * runs) / count) - Math.floor((i * runs) / count);
      return {
        seed: this.seed + i,
        runs: own,
        timeoutMs: own * MS_PER_RUN + 300_000,
        onRun: () => this.#tick(),
      };
    });
  }

  #tick(): void {
    this.#done++;
    if (!this.terminal || (this.#done % 50 !== 0 && this.#done < this.runs)) return;
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const left = Math.round((seconds / this.#done) * Math.max(0, this.runs - this.#done));
    const share = Math.min(1, this.#done / this.runs);
    const bar = '#'.repeat(Math.round(share * 30)).padEnd(30, '.');
    const text = `[${bar}] ${this.#done} of ${this.runs} ${this.kind}, ${left} s left`;
    this.terminal.write(`\r${text}  `);
    if (this.#done >= this.runs) this.terminal.write('\n');
  }
}
