import type { TemplateValues } from './template.matcher.js';

/** One read of a trace. */
export interface TraceRead {
  /** Milliseconds since the trace began; rising. */
  readonly atMs: number;
  readonly template: string;
  readonly values: TemplateValues;
}

/** What the traces of a clinic read. Patients go by a number of the trace's own. */
export const CLINIC_TEMPLATES = [
  'record:{patient}',
  'prescriptions:{patient}',
  'labs:{patient}',
  'allergies:{patient}',
] as const;

const [RECORD, PRESCRIPTIONS, LABS, ALLERGIES] = CLINIC_TEMPLATES;
/** Not of one patient: never predicted, and no subject's. */
const WARD_LIST = 'ward:{ward}';

export interface RandomTraceOptions {
  readonly seed: number;
  readonly reads?: number;
  readonly patients?: number;
  readonly meanGapMs?: number;
}

export interface WardRoundTraceOptions {
  readonly seed: number;
  readonly days?: number;
  readonly wards?: number;
  readonly patientsPerWard?: number;
}

/** Reads without structure: any template of any patient at any time; some patients are read more than others. */
export function randomTrace(options: RandomTraceOptions): readonly TraceRead[] {
  const { seed, reads = 20_000, patients = 400, meanGapMs = 1_000 } = options;
  const random = seeded(seed);
  let atMs = 0;
  return Array.from({ length: reads }, () => {
    atMs += Math.ceil(-Math.log(1 - random()) * meanGapMs);
    const template = pick(CLINIC_TEMPLATES, random);
    // Squared: the first tenth of the patients gets about a third of the reads.
    return { atMs, template, values: { patient: String(Math.floor(random() ** 2 * patients)) } };
  });
}

/**
 * Three rounds a day through each ward: the list of patients, then of each one the record, mostly the prescriptions,
 * mostly the lab results, seldom the allergies, with time to read between them; some patients are left out, and others
 * are looked up at random all the while.
 */
export function wardRoundTrace(options: WardRoundTraceOptions): readonly TraceRead[] {
  const { seed, days = 4, wards = 4, patientsPerWard = 24 } = options;
  const random = seeded(seed);
  const trace: TraceRead[] = [];
  for (let round = 0; round < days * 3; round++) {
    const startMs = (Math.floor(round / 3) * 24 + [8, 13, 19][round % 3]!) * 3_600_000;
    for (let ward = 0; ward < wards; ward++) {
      let atMs = startMs + Math.floor(random() * 1_200_000);
      const read = (template: string, values: TemplateValues): void => {
        trace.push({ atMs, template, values });
        atMs += Math.floor(4_000 + random() * 40_000);
      };
      read(WARD_LIST, { ward: String(ward) });
      for (let bed = 0; bed < patientsPerWard; bed++) {
        const patient = { patient: String(ward * patientsPerWard + bed) };
        if (random() < 0.1) continue;
        read(RECORD, patient);
        if (random() < 0.85) read(PRESCRIPTIONS, patient);
        if (random() < 0.8) read(LABS, patient);
        if (random() < 0.1) read(ALLERGIES, patient);
      }
    }
  }
  const endMs = days * 86_400_000;
  const others = Math.floor(trace.length * 0.2);
  for (let i = 0; i < others; i++) {
    const patient = String(Math.floor(random() * wards * patientsPerWard));
    const template = pick(CLINIC_TEMPLATES, random);
    trace.push({ atMs: Math.floor(random() * endMs), template, values: { patient } });
  }
  return trace.sort((a, b) => a.atMs - b.atMs);
}

function pick<T>(from: readonly [T, ...T[]], random: () => number): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}

/** Uniform in [0, 1), the same for the same seed (mulberry32, Tommy Ettinger, public domain). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
