import type { BenchmarkResult } from '../results/benchmark-result.js';
import { markdownTable, measuredBy, pageWith } from '../report/markdown.js';
import { measuredInputs, type MeasuredInputs } from './measured-inputs.js';
import {
  adviceFor,
  sizeFor,
  TEN_MILLION,
  type Sizing,
  type Workload,
} from './sizing.calculator.js';

/** The guide with its tables as a run gives them. @throws Error if it has no place for them */
export function guideWith(guide: string, run: BenchmarkResult): string {
  return pageWith(guide, tablesOf(run));
}

function tablesOf(run: BenchmarkResult): string {
  const measured = measuredInputs(run);
  const sizing = sizeFor(TEN_MILLION, measured);
  return [
    measuredBy(run),
    markdownTable(['measured', ''], measuredRows(measured)),
    'Ten million users, a fifth of whom were there within the time to live:',
    markdownTable(['assumed', ''], workloadRows(TEN_MILLION)),
    markdownTable(['it takes', ''], sizingRows(sizing)),
    adviceFor(sizing),
  ].join('\n\n');
}

type Row = readonly [string, string];

export const measuredRows = (measured: MeasuredInputs): Row[] => [
  ['processor time of a hit in the own process', `${number(measured.ownHitUs)} us`],
  [
    'processor time of a hit in the shared store, 64 at a time, 1 KiB',
    `${number(measured.sharedHitUs)} us`,
  ],
  ['processor time of a miss, without the load', `${number(measured.missUs)} us`],
  ['the store for a read, 64 at a time', `${number(measured.storeReadUs)} us`],
  [
    'an entry in the store beside its value: header, key, tags',
    `${number(measured.storeOverheadBytes)} bytes`,
  ],
  ['an entry in the own memory beside its value', `${number(measured.ownOverheadBytes)} bytes`],
  ['the store for a record of the journal', `${number(measured.recordUs)} us`],
  ['the store for each process that reads it', `${number(measured.recordUsPerProcess)} us`],
];

const workloadRows = (work: Workload): Row[] => [
  [
    'entries of an active user, bytes each',
    `${number(work.entriesPerUser)}, ${number(work.valueBytes)}`,
  ],
  [
    'reads, writes of a user a day',
    `${number(work.readsPerUserPerDay)}, ${number(work.writesPerUserPerDay)}`,
  ],
  ['the busiest second beside the average', `${number(work.peakFactor)} x`],
  [
    'hits in the own process; of the rest, in the store',
    `${percent(work.ownHitShare)}, ${percent(work.sharedHitShare)}`,
  ],
  ['of a processor for the cache, in each process', percent(work.processCpuShare)],
  ['memory of a store for entries', `${number(work.storeGb)} GB`],
];

export const sizingRows = (sizing: Sizing): Row[] => [
  ['entries', number(sizing.entries)],
  ['memory of the store', `${number(sizing.storeGb)} GB`],
  [
    'reads, of them from the store',
    `${number(sizing.readsPerSecond)}, ${number(sizing.sharedReadsPerSecond)} a second`,
  ],
  ['loads from the source', `${number(sizing.loadsPerSecond)} a second`],
  ['invalidations', `${number(sizing.invalidationsPerSecond)} a second`],
  [
    'processors for the cache, in how many processes',
    `${number(sizing.cpus)}, ${sizing.processes}`,
  ],
  ['stores, for memory and for reads', `${sizing.storesForMemory}, ${sizing.storesForReads}`],
  ['share of a processor that the journal takes', percent(sizing.journalShare)],
  ['namespaces', `${sizing.namespaces}`],
];

const percent = (share: number): string => `${number(share * 100)} %`;

/** Three digits that mean something; spaces between thousands. */
function number(value: number): string {
  const exact = Number(value.toPrecision(3));
  const [whole = '', fraction] = `${exact}`.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ' ');
  return fraction ? `${grouped}.${fraction}` : grouped;
}
