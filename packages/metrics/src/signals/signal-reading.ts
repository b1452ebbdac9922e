import type { SignalLabel, SignalName } from './signal-table.js';

export type SignalLabels = Readonly<Partial<Record<SignalLabel | 'cache', string>>>;

/** One number of a signal. */
export interface SignalSample {
  readonly labels: SignalLabels;
  readonly value: number;
}

/** How durations are spread. */
export interface DistributionSample {
  readonly labels: SignalLabels;
  /** How many were at most as long as each bound of the signal, and, last, how many there were; each with those before. */
  readonly cumulative: readonly number[];
  /** Seconds. */
  readonly sum: number;
}

/** What all signals said at one moment. */
export class SignalReading {
  readonly #cache: string;
  readonly #samples = new Map<SignalName, SignalSample[]>();
  readonly #distributions = new Map<SignalName, DistributionSample[]>();

  /** @param cache namespace of the cache: a label of all samples */
  constructor(cache: string) {
    this.#cache = cache;
  }

  add(name: SignalName, value: number, labels: SignalLabels = {}): void {
    const samples = this.#samples.get(name) ?? [];
    samples.push({ labels: { cache: this.#cache, ...labels }, value });
    this.#samples.set(name, samples);
  }

  addDistribution(name: SignalName, sample: DistributionSample): void {
    const samples = this.#distributions.get(name) ?? [];
    samples.push({ ...sample, labels: { cache: this.#cache, ...sample.labels } });
    this.#distributions.set(name, samples);
  }

  samples(name: SignalName): readonly SignalSample[] {
    return this.#samples.get(name) ?? [];
  }

  distributions(name: SignalName): readonly DistributionSample[] {
    return this.#distributions.get(name) ?? [];
  }
}

/** Something that has signals to tell. */
export interface ISignalSource {
  /** Adds what it has to say at this moment; quick, and must not throw. */
  collect(reading: SignalReading): void;
}
