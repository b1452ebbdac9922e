import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { DatabaseConfig } from './database.config.js';
import { DATABASE_CONFIG } from './database.tokens.js';

/**
 * Makes every read as slow as a database far away or under load (`DEMO_QUERY_DELAY_MS`), so that
 * the price of a miss can be seen; the embedded one answers in a millisecond.
 *
 * The wait comes after the query, which is the hard case for a cache: a value that was read before
 * a write arrives after it.
 */
@Injectable()
export class SlowSource {
  constructor(
    @Inject(DATABASE_CONFIG) private readonly config: Pick<DatabaseConfig, 'queryDelayMs'>,
  ) {}

  /** Runs the query and hands its result over late; a failure is not delayed. */
  async read<T>(query: () => Promise<T>): Promise<T> {
    const result = await query();
    if (this.config.queryDelayMs > 0) await sleep(this.config.queryDelayMs);
    return result;
  }
}
