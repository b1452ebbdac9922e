import { ConflictException, Inject, Injectable } from '@nestjs/common';
import { CacheService, type WarmResult } from '@vitalcache/core';

const DEADLINE_MS = 60_000;

/** Warms on demand, once at a time. */
@Injectable()
export class Warming {
  #isRunning = false;

  constructor(@Inject(CacheService) private readonly cache: CacheService) {}

  /**
   * Every warmer, or what one clinic needs.
   * @throws ConflictException while one runs
   */
  async run(clinicId: string | undefined): Promise<WarmResult> {
    if (this.#isRunning) {
      throw new ConflictException('The cache is being warmed already; wait until that has ended.');
    }
    this.#isRunning = true;
    try {
      const kinds = ['clinic', 'doctor', 'patient'];
      const selection = clinicId === undefined ? {} : { kinds, clinicId };
      return await this.cache.warm(selection, { deadlineMs: DEADLINE_MS });
    } finally {
      this.#isRunning = false;
    }
  }
}
