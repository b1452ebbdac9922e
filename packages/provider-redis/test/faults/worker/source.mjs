import { setTimeout as sleep } from 'node:timers/promises';

import { nowNs } from './notebook.mjs';

/** What loaders reject with; the cache hands it on, or says that another process's load failed. */
class SourceError extends Error {
  name = 'SourceError';
}

/** Whether a call failed because of its loader. */
export const isOfSource = (error) => error instanceof SourceError || error?.code === 'LOAD_FAILED';

/** Where values come from: what it holds for a key is the time of the machine. Slow, and out of order at times. */
export class Source {
  #plan;

  constructor(plan) {
    this.#plan = plan;
  }

  async load(key) {
    const { loadMs, failureRatio, valueBytes } = this.#plan;
    await sleep(Math.random() * loadMs);
    const lookedAtNs = nowNs();
    await sleep(Math.random() * loadMs);
    if (Math.random() < failureRatio) throw new SourceError('The source is out of order.');
    return { key, lookedAtNs, ...(valueBytes > 0 && { filler: 'x'.repeat(valueBytes) }) };
  }

  /** Some values get stale and expire all the time, others outlive every window. */
  options(tags) {
    const ttlMs = this.#plan.ttlMs * (Math.random() < 0.5 ? 1 / 4 : 4);
    // Expired values are kept and served when the source fails or is slow: those must not be covered either.
    const kept = Math.random() < 0.5 ? { staleIfErrorMs: ttlMs * 4, softTimeoutMs: 5 } : {};
    return { ttl: `${ttlMs}ms`, tags, ...kept };
  }
}
