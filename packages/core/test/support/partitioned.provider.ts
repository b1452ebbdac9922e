import { CacheError } from '../../src/errors/cache.error.js';
import type { ICacheProvider, StoredItem } from '../../src/provider/cache-provider.js';

/** What is wrong with one of the stores. */
export type StoreFault = 'fails' | 'hangs';

const KEYED = [
  'get',
  'set',
  'del',
  'getMany',
  'delMany',
  'setFenced',
  'setIfUnchanged',
  'acquireLease',
  'releaseLease',
  'extendLease',
] as const;

/**
 * Several stores in one: a key belongs to the one that its first letter names. As one of a real client, a batch fails as
 * a whole when one of its stores does.
 */
export class PartitionedProvider {
  readonly faults = new Map<string, StoreFault>();
  /** What was asked, and of which stores: `get a`, `getMany a b`. */
  readonly asked: string[] = [];

  /** @param inner has the capabilities that the result has */
  constructor(readonly inner: ICacheProvider) {}

  get provider(): ICacheProvider {
    const keyed = KEYED.filter((method) => this.inner[method]).map((method) => [
      method,
      (first: string | StoredItem | readonly string[], ...rest: unknown[]) => {
        const stores = [...new Set(keysOf(first).map(storeOf))];
        this.asked.push([method, ...stores].join(' '));
        const call = this.inner[method] as unknown as (...args: unknown[]) => Promise<unknown>;
        return this.#answer(stores, () => call(first, ...rest));
      },
    ]);
    return {
      ...this.inner,
      ...(Object.fromEntries(keyed) as Partial<ICacheProvider>),
      partitionOf: (key) => `store-${storeOf(key)}`,
    };
  }

  count(asked: string): number {
    return this.asked.filter((one) => one === asked).length;
  }

  #answer<T>(stores: readonly string[], work: () => Promise<T>): Promise<T> {
    const faults = stores.map((store) => this.faults.get(store));
    if (faults.includes('hangs')) return new Promise(() => undefined);
    if (faults.includes('fails')) {
      return Promise.reject(new CacheError('STORE_UNAVAILABLE', 'No connection.'));
    }
    return work();
  }
}

function keysOf(first: string | StoredItem | readonly string[]): readonly string[] {
  if (typeof first === 'string') return [first];
  return 'key' in first ? [first.key] : first;
}

function storeOf(key: string): string {
  return /\{(.)/.exec(key)?.[1] ?? key.charAt(0);
}
