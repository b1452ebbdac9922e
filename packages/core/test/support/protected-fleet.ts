import type { CacheOptions } from '../../src/options/cache-options.js';
import type { CacheConfig } from '../../src/service/cache-config.js';
import type { CacheService } from '../../src/service/cache.service.js';
import type { ReadResult } from '../../src/strategy/read-request.js';
import { Fleet, settle } from './fleet.js';
import { TestProtection } from './test-protection.js';

/** Caches over one store that share one protection, and read for one caller unless they are told otherwise. */
export class ProtectedFleet extends Fleet {
  readonly protection = new TestProtection();
  readonly options: CacheOptions = { containsPHI: true, ttl: 600, subject: { patientId: 'ada' } };

  protect(config: CacheConfig = {}): Promise<CacheService> {
    return this.join({ plugins: [this.protection.plugin], ...config });
  }

  /** One read, with all that follows from it done. */
  async read<T>(
    cache: CacheService,
    key: string,
    load: () => T | Promise<T>,
    more: CacheOptions = {},
    [tenant, scope]: readonly [string, string] = ['t1', ''],
  ): Promise<ReadResult<T>> {
    const result = await this.protection.as(tenant, scope, () =>
      cache.read<T>(key, load, { ...this.options, ...more }),
    );
    await settle();
    return result;
  }

  /** Names and bytes of entries in the store. */
  get entries(): [string, Buffer][] {
    return [...this.store.items]
      .filter(([name]) => name.includes(':e:'))
      .map(([name, { value }]) => [name, Buffer.from(value)]);
  }
}
