import type { MeasuredInputs } from './measured-inputs.js';

/** What an application does; all of it is known to whoever runs it, none of it is measured. */
export interface Workload {
  readonly users: number;
  /** Share of the users whose data is cached at a time: those who were there within the time to live. */
  readonly activeShare: number;
  readonly entriesPerUser: number;
  /** Of a value as it is stored: after compression, with what sealing adds. */
  readonly valueBytes: number;
  readonly readsPerUserPerDay: number;
  readonly writesPerUserPerDay: number;
  /** How many times the average the busiest second is. */
  readonly peakFactor: number;
  /** Of all reads, those that hit in the own process. */
  readonly ownHitShare: number;
  /** Of the others, those that hit in the shared store. */
  readonly sharedHitShare: number;
  /** Of a processor, that the cache may take in each process. */
  readonly processCpuShare: number;
  /** Memory of a store that entries may take. */
  readonly storeGb: number;
}

/** Ten million users of an application that people use daily. */
export const TEN_MILLION: Workload = {
  users: 10_000_000,
  activeShare: 0.2,
  entriesPerUser: 8,
  valueBytes: 1_024,
  readsPerUserPerDay: 60,
  writesPerUserPerDay: 2,
  peakFactor: 4,
  ownHitShare: 0.4,
  sharedHitShare: 0.9,
  processCpuShare: 0.2,
  storeGb: 24,
};

/** What it takes. */
export interface Sizing {
  readonly entries: number;
  readonly storeGb: number;
  readonly readsPerSecond: number;
  readonly sharedReadsPerSecond: number;
  readonly loadsPerSecond: number;
  readonly invalidationsPerSecond: number;
  /** Processors that the cache keeps busy in all processes together. */
  readonly cpus: number;
  readonly processes: number;
  readonly storesForMemory: number;
  readonly storesForReads: number;
  readonly stores: number;
  /** Share of one processor of the journal's store that the journal takes, if there is one namespace. */
  readonly journalShare: number;
  readonly namespaces: number;
}

const DAY_SECONDS = 86_400;
const GB = 1e9;
/** Of a processor of a store, that reads may take: it has other things to do, and a peak is no average. */
const STORE_READ_SHARE = 0.5;
/** Of a processor of the store, that a journal may take: beyond it its records are late. */
const JOURNAL_SHARE = 0.3;

/** From what was measured, and what an application does, to what it takes. Every invalidation is a record of its own. */
export function sizeFor(work: Workload, measured: MeasuredInputs): Sizing {
  const entries = work.users * work.activeShare * work.entriesPerUser;
  const storeGb = (entries * (work.valueBytes + measured.storeOverheadBytes)) / GB;
  const perSecond = (perUserPerDay: number): number =>
    (work.users * perUserPerDay * work.peakFactor) / DAY_SECONDS;
  const reads = perSecond(work.readsPerUserPerDay);
  const shared = reads * (1 - work.ownHitShare);
  const loads = shared * (1 - work.sharedHitShare);
  const cpus =
    (reads * work.ownHitShare * measured.ownHitUs +
      (shared - loads) * measured.sharedHitUs +
      loads * measured.missUs) /
    1e6;
  const processes = Math.max(1, Math.ceil(cpus / work.processCpuShare));
  const invalidations = perSecond(work.writesPerUserPerDay);
  const recordUs = measured.recordUs + measured.recordUsPerProcess * processes;
  const journalShare = (invalidations * recordUs) / 1e6;
  const storesForMemory = Math.max(1, Math.ceil(storeGb / work.storeGb));
  const storesForReads = Math.ceil((shared * measured.storeReadUs) / 1e6 / STORE_READ_SHARE);
  return {
    entries,
    storeGb,
    readsPerSecond: reads,
    sharedReadsPerSecond: shared,
    loadsPerSecond: loads,
    invalidationsPerSecond: invalidations,
    cpus,
    processes,
    storesForMemory,
    storesForReads,
    stores: Math.max(storesForMemory, storesForReads),
    journalShare,
    namespaces: Math.max(1, Math.ceil(journalShare / JOURNAL_SHARE)),
  };
}

/** What to run it on, in a sentence. */
export function adviceFor({ stores, namespaces }: Sizing): string {
  const split =
    namespaces > 1 ? ` Split the journal over ${namespaces} namespaces, by tenant or region.` : '';
  if (stores === 1) return `One Redis, Valkey or Dragonfly with a replica is enough.${split}`;
  return (
    `${stores} primaries: a Redis or Valkey Cluster or as many shards, each with a replica; or a Dragonfly with as many ` +
    `threads, a Dragonfly cluster when one machine's memory does not do.${split}`
  );
}
