import type { Clock } from '../../src/clock/clock.js';
import { InProcessJournalLog } from '../../src/journal/in-process-journal.log.js';
import type { IJournalLog } from '../../src/journal/journal-log.js';
import type {
  FencedBatchStore,
  ICacheProvider,
  StoredItem,
} from '../../src/provider/cache-provider.js';

/**
 * A store that several caches of one test share, with every capability that the engine uses, on the test's clock. Each
 * cache gets its own journal view if the test gives one.
 */
export class SharedStore {
  readonly items = new Map<string, { value: Uint8Array; expiresAt: number }>();
  readonly log: InProcessJournalLog;
  /** Commands by name, for counting. */
  readonly calls: string[] = [];
  /** Set to make every command wait for it. */
  gate: Promise<unknown> = Promise.resolve();
  /** Set to make every command fail. */
  failure: Error | null = null;

  constructor(readonly clock: Clock) {
    this.log = new InProcessJournalLog({ now: () => clock.now() });
  }

  provider(journal: IJournalLog = this.log): ICacheProvider {
    return {
      name: 'shared',
      shared: true,
      get: (key) => this.#do('get', () => this.read(key)),
      set: (key, value, ttlMs) => this.#do('set', () => this.#write({ key, value, ttlMs })),
      del: (key) => this.#do('del', () => this.#delete(key)),
      getMany: (keys) => this.#do('getMany', () => keys.map((key) => this.read(key))),
      setMany: (items) => this.#do('setMany', () => items.forEach((item) => this.#write(item))),
      delMany: (keys) =>
        this.#do('delMany', () => keys.reduce((sum, key) => sum + this.#delete(key), 0)),
      setFenced: (item, same, fence) =>
        this.#do('setFenced', () => this.#fenced(item, same, fence)),
      setIfUnchanged: (item, expected) =>
        this.#do('setIfUnchanged', () => {
          const stored = this.read(item.key);
          const isSame =
            stored && expected
              ? Buffer.compare(stored.subarray(0, expected.length), expected) === 0
              : stored === expected;
          if (isSame) this.#write(item);
          return isSame;
        }),
      acquireLease: (key, token, ttlMs) =>
        this.#do('acquireLease', () => {
          const holder = this.read(key);
          if (!holder) this.#write({ key, value: token, ttlMs });
          return holder;
        }),
      releaseLease: (key, token) =>
        this.#do('releaseLease', () => this.#owns(key, token) && this.#delete(key) > 0),
      extendLease: (key, token, ttlMs) =>
        this.#do('extendLease', () => {
          const isOwner = this.#owns(key, token);
          if (isOwner) this.#write({ key, value: token, ttlMs });
          return isOwner;
        }),
      journal: () => journal,
    };
  }

  /** As {@link provider}, with fenced writes that are asked for together as well. */
  gatheringProvider(): ICacheProvider & FencedBatchStore {
    return {
      ...this.provider(),
      setFencedMany: (writes, same, fence) =>
        this.#do('setFencedMany', () =>
          writes.map(({ lease, ...item }) => {
            const isStored = this.#fenced(item, same, fence);
            if (lease && this.#owns(lease.key, lease.token)) this.#delete(lease.key);
            return isStored;
          }),
        ),
    };
  }

  read(key: string): Uint8Array | null {
    const item = this.items.get(key);
    return item && item.expiresAt > this.clock.now() ? new Uint8Array(item.value) : null;
  }

  count(command: string): number {
    return this.calls.filter((call) => call === command).length;
  }

  async #do<T>(name: string, work: () => T): Promise<T> {
    this.calls.push(name);
    await this.gate;
    if (this.failure) throw this.failure;
    return work();
  }

  #write({ key, value, ttlMs }: StoredItem): void {
    const expiresAt = this.clock.now() + ttlMs;
    this.items.set(key, { value: new Uint8Array(value), expiresAt });
  }

  #delete(key: string): number {
    const existed = this.read(key) !== null;
    this.items.delete(key);
    return existed ? 1 : 0;
  }

  #owns(key: string, token: Uint8Array): boolean {
    const holder = this.read(key);
    return holder !== null && Buffer.compare(holder, token) === 0;
  }

  #fenced(item: StoredItem, same: number, fence: number): boolean {
    const stored = this.read(item.key);
    const end = same + fence;
    const isLater =
      stored &&
      Buffer.compare(stored.subarray(0, same), item.value.subarray(0, same)) === 0 &&
      Buffer.compare(stored.subarray(same, end), item.value.subarray(same, end)) > 0;
    if (isLater) return false;
    this.#write(item);
    return true;
  }
}
