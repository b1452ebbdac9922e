import { KEYS, type Scope } from './fleet-subjects.js';
import type { Lane, LinkState } from './store-link.js';

/**
 * What can happen to the store's memory. `go back`: it restarts from an earlier copy; `fall back`: an earlier master
 * comes back as the one that it was, so that its identity tells nothing.
 */
export type Loss =
  | 'restart'
  | 'lose newest record'
  | 'lose newest three'
  | 'lose journal'
  | 'lose everything'
  | 'go back'
  | 'fall back'
  | 'trim';

/** Read options of {@link FleetStep}s. */
export const PATIENCE = {
  endless: {},
  short: { softTimeoutMs: 20 },
  bounded: { hardTimeoutMs: 100 },
  kept: { staleIfErrorMs: 60_000, softTimeoutMs: 20 },
} as const;

export type Patience = keyof typeof PATIENCE;

/** One thing that happens in a fleet. Processes and keys are named by number; too large ones wrap around. */
export type FleetStep =
  | {
      readonly do: 'read';
      readonly process: number;
      readonly key: number;
      /** `after`: with the token of the latest invalidation. */
      readonly how: 'eventual' | 'strong' | 'after' | 'get';
      readonly loadMs: number;
      readonly fails: boolean;
      readonly isForced: boolean;
      readonly ttlMs: number;
      readonly callers: number;
      /** Options that bound the wait for a load, or keep what is expired for when it fails. */
      readonly patience: Patience;
    }
  | {
      readonly do: 'change';
      readonly process: number;
      readonly scope: Scope;
      readonly isSoft: boolean;
      /** How long the source lags behind. */
      readonly settleMs: number;
    }
  | {
      readonly do: 'fill' | 'read all';
      readonly process: number;
      readonly key: number;
      readonly loadMs: number;
    }
  | { readonly do: 'get all' | 'set all' | 'delete all'; readonly process: number }
  | {
      readonly do: 'set' | 'del' | 'update';
      readonly process: number;
      readonly key: number;
    }
  | { readonly do: 'crash' | 'pause' | 'resume'; readonly process: number }
  | { readonly do: 'wait'; readonly process: number }
  | { readonly do: 'link'; readonly process: number; readonly lane: Lane; readonly to: LinkState }
  | {
      readonly do: 'delay';
      readonly process: number;
      readonly lane: Lane;
      readonly delays: readonly number[];
    }
  | { readonly do: 'loss'; readonly loss: Loss }
  | { readonly do: 'remember' }
  | { readonly do: 'store'; readonly isDown: boolean }
  | { readonly do: 'move store clock'; readonly ms: number }
  | { readonly do: 'pass'; readonly ms: number };

/** The step that a word stands for. */
export type StepOf<D extends FleetStep['do']> = Extract<FleetStep, { readonly do: D }>;

/** What an application does in one process. */
export type ActionStep = StepOf<
  | 'read'
  | 'change'
  | 'set'
  | 'del'
  | 'update'
  | 'fill'
  | 'read all'
  | 'get all'
  | 'set all'
  | 'delete all'
  | 'wait'
>;

/** A fleet, and what happens in it. */
export interface FleetPlan {
  readonly processes: number;
  /** Without a tier of its own a process reads everything from the store. */
  readonly hasL1: boolean;
  /** Whether stale values are served. */
  readonly servesStale: boolean;
  /** Nothing happens that justifies a second load of a key while one runs. */
  readonly isCalm: boolean;
  readonly seed: number;
  readonly steps: readonly FleetStep[];
}

/** The plan as one line a step, to be read by the one who has to find the cause. */
export function inWords({ processes, hasL1, servesStale, seed, steps }: FleetPlan): string {
  const stale = servesStale ? ', stale is served' : '';
  const head = `${processes} processes, ${hasL1 ? 'with' : 'without'} L1${stale}, seed ${seed}`;
  return [head, ...steps.map((one, i) => `${i + 1}. ${stepInWords(one, processes)}`)].join('\n');
}

function stepInWords(step: FleetStep, processes: number): string {
  const who = 'process' in step ? `p${step.process % processes}` : '';
  switch (step.do) {
    case 'read': {
      const load = step.how === 'get' ? '' : `, a load takes ${step.loadMs} ms`;
      const more = [
        step.fails && 'and fails',
        step.isForced && 'forced',
        step.ttlMs < 60_000 && `ttl ${step.ttlMs} ms`,
        step.patience !== 'endless' && step.patience,
        step.callers > 1 && `${step.callers} callers`,
      ].filter(Boolean);
      return [`${who} reads ${KEYS[step.key]} (${step.how})${load}`, ...more].join(', ');
    }
    case 'change':
      return `${who} changes and invalidates ${step.scope}${step.isSoft ? ' (to stale)' : ''}${step.settleMs > 0 ? `, settles in ${step.settleMs} ms` : ''}`;
    case 'fill':
      return `${who} gets ${KEYS[step.key]}; if there is none, looks it up in ${step.loadMs} ms and sets it`;
    case 'read all':
      return `${who} reads all at once, a load takes ${step.loadMs} ms`;
    case 'get all':
    case 'set all':
    case 'delete all':
      return `${who}: ${step.do}`;
    case 'set':
    case 'del':
    case 'update':
      return `${who} changes and calls ${step.do} of ${KEYS[step.key]}`;
    case 'crash':
      return `${who} crashes, another takes its place`;
    case 'pause':
    case 'resume':
      return `${who} ${step.do}s`;
    case 'wait':
      return `${who} waits for the latest stamp`;
    case 'link':
      return `${who}: ${step.lane} ${step.to}`;
    case 'delay':
      return `${who}: ${step.lane} take ${step.delays.join(', ')} ms`;
    case 'loss':
      return `the store: ${step.loss}`;
    case 'remember':
      return 'the store is copied';
    case 'store':
      return `the store is ${step.isDown ? 'down' : 'up'}`;
    case 'move store clock':
      return `the store's clock moves by ${step.ms} ms`;
    case 'pass':
      return `${step.ms} ms pass`;
  }
}
