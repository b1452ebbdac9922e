import type { RedisStore } from '../store/redis-store.js';
import { FixedTopology } from './fixed.topology.js';
import type { SentinelDirectory } from './sentinel-directory.js';

/** One store, whose primary is where sentinels say, and left when they say otherwise. */
export class SentinelTopology extends FixedTopology {
  readonly #directory: SentinelDirectory;

  constructor(store: RedisStore, directory: SentinelDirectory) {
    super('sentinel', [store]);
    this.#directory = directory;
  }

  override open(): Promise<void> {
    this.#directory.open();
    return super.open();
  }

  override async close(): Promise<void> {
    this.#directory.close();
    await super.close();
  }
}
