import type { HealthcareCacheMetrics } from '@vitalcache/core';

import { ratio } from '../ratio.js';
import { DATA_KINDS, type MeasuredData } from './data-kind.js';

/** Reads of healthcare data by kind, hits and misses. */
export class DataReads {
  readonly #hits = new Float64Array(DATA_KINDS.length);
  readonly #misses = new Float64Array(DATA_KINDS.length);
  readonly #before = {
    hits: new Float64Array(DATA_KINDS.length),
    misses: new Float64Array(DATA_KINDS.length),
  };

  add(data: MeasuredData, isHit: boolean): void {
    const counts = isHit ? this.#hits : this.#misses;
    const at = DATA_KINDS.indexOf(data);
    counts[at] = (counts[at] ?? 0) + 1;
  }

  /** Since start. */
  all(): readonly {
    readonly data: MeasuredData;
    readonly hits: number;
    readonly misses: number;
  }[] {
    return DATA_KINDS.map((data, at) => ({
      data,
      hits: this.#hits[at] ?? 0,
      misses: this.#misses[at] ?? 0,
    }));
  }

  /** Since {@link reset}. */
  metrics(): HealthcareCacheMetrics {
    const since = (now: Float64Array, before: Float64Array): number[] =>
      [...now].map((count, at) => count - (before[at] ?? 0));
    const [patient = 0, appointment = 0, doctor = 0, emergency = 0] = since(
      this.#hits,
      this.#before.hits,
    );
    const totalHits = patient + appointment + doctor + emergency;
    const totalMisses = since(this.#misses, this.#before.misses).reduce(
      (sum, count) => sum + count,
    );
    return {
      patientCacheHits: patient,
      appointmentCacheHits: appointment,
      doctorCacheHits: doctor,
      emergencyCacheHits: emergency,
      totalHits,
      totalMisses,
      hitRate: ratio(totalHits, totalHits + totalMisses),
    };
  }

  reset(): void {
    this.#before.hits.set(this.#hits);
    this.#before.misses.set(this.#misses);
  }
}
