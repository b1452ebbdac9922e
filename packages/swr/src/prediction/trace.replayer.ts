import { CacheError } from '@vitalcache/core';

import { NextReadPredictor } from './next-read.predictor.js';
import { TemplateMatcher, type TemplateValues } from './template.matcher.js';
import type { TemplatePredictorOptions } from './template.predictor.js';
import type { TraceRead } from './trace.js';

export interface TraceReplayerOptions {
  /** What may be predicted. */
  readonly targets: readonly string[];
  /** How long an entry of each template is served; what is not named has 300 000. */
  readonly ttlMs?: Readonly<Record<string, number>>;
  /** How long a load takes. Default: 200. */
  readonly loadMs?: number;
  readonly prediction?: TemplatePredictorOptions;
}

/** One replay. */
export interface ReplayRun {
  readonly reads: number;
  /** Reads that found a value; those that had to wait for a load under way are none. */
  readonly hits: number;
  /** 0 to 1. */
  readonly hitRatio: number;
  readonly loads: number;
}

/** What prediction is worth on a trace. */
export interface ReplayReport {
  readonly without: ReplayRun;
  readonly with: ReplayRun;
  /** Loads ahead of a read. */
  readonly predictedLoads: number;
  /** Loads ahead of a read that never came. */
  readonly extraLoads: number;
  /** Extra loads as a share of the loads without prediction. */
  readonly extraLoadRatio: number;
  /** Hits won for each extra load; `null` when there was none. */
  readonly gainPerExtraLoad: number | null;
}

interface SimulatedEntry {
  readonly readyAt: number;
  readonly expiresAt: number;
  isPredicted: boolean;
}

/**
 * Replays a trace against a simulated cache of unlimited size, twice: without prediction and with. The predictor
 * learns while it predicts, as it does at run time; budgets and shedding are left out.
 */
export class TraceReplayer {
  readonly #options: TraceReplayerOptions;
  readonly #targets: readonly TemplateMatcher[];

  /** @throws CacheError `CONFIG_INVALID` for a target that is no key template */
  constructor(options: TraceReplayerOptions) {
    this.#options = options;
    this.#targets = options.targets.map((target) => {
      const matcher = TemplateMatcher.of(target);
      if (matcher) return matcher;
      throw new CacheError('CONFIG_INVALID', `targets: ${target} can't be predicted.`);
    });
  }

  replay(trace: readonly TraceRead[]): ReplayReport {
    const without = this.#run(trace, null).run;
    const predictor = new NextReadPredictor(this.#targets, this.#options.prediction);
    const { run, predictedLoads, extraLoads } = this.#run(trace, predictor);
    return {
      without,
      with: run,
      predictedLoads,
      extraLoads,
      extraLoadRatio: without.loads > 0 ? extraLoads / without.loads : 0,
      gainPerExtraLoad: extraLoads > 0 ? (run.hits - without.hits) / extraLoads : null,
    };
  }

  #run(trace: readonly TraceRead[], predictor: NextReadPredictor | null) {
    const entries = new Map<string, SimulatedEntry>();
    const counts = { hits: 0, loads: 0, predictedLoads: 0, used: 0 };
    const load = (key: string, template: string, at: number, isPredicted: boolean): void => {
      const readyAt = at + (this.#options.loadMs ?? 200);
      const ttlMs = this.#options.ttlMs?.[template] ?? 300_000;
      entries.set(key, { readyAt, expiresAt: readyAt + ttlMs, isPredicted });
      counts.loads++;
      if (isPredicted) counts.predictedLoads++;
    };
    for (const { atMs, template, values } of trace) {
      const key = keyOf(template, values);
      const entry = entries.get(key);
      if (entry && entry.expiresAt > atMs) {
        if (entry.readyAt <= atMs) counts.hits++;
        if (entry.isPredicted) counts.used++;
        entry.isPredicted = false;
      } else {
        load(key, template, atMs, false);
      }
      for (const next of predictor?.observe(template, values, atMs) ?? []) {
        const nextKey = keyOf(next.template, next.values);
        const isCached = (entries.get(nextKey)?.expiresAt ?? 0) > atMs;
        if (!isCached) load(nextKey, next.template, atMs, true);
      }
    }
    const { hits, loads, predictedLoads, used } = counts;
    const hitRatio = trace.length > 0 ? hits / trace.length : 0;
    const run: ReplayRun = { reads: trace.length, hits, hitRatio, loads };
    return { run, predictedLoads, extraLoads: predictedLoads - used };
  }
}

/** Enough to tell the entries of a simulation apart. */
function keyOf(template: string, values: TemplateValues): string {
  return JSON.stringify([template, ...Object.entries(values).sort()]);
}
