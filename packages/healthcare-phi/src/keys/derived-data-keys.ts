import type { KeyObject } from 'node:crypto';

import type { Clock } from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

import type { DataKey, DataKeySource, KeyOwner } from './data-key.js';
import { deriveKey } from './derive-key.js';
import type { TenantKey } from './tenant-key.source.js';
import type { TenantKeys } from './tenant-keys.js';

const HELD_MS = 60_000;
const MAX_KEYS = 10_000;

/** Keys of subjects that follow from their tenant's key of an epoch: no row of their own, and gone when that is. */
export class DerivedDataKeys implements DataKeySource {
  readonly #tenants: TenantKeys;
  readonly #held: LRUCache<string, KeyObject>;

  constructor(tenants: TenantKeys, clock: Pick<Clock, 'now'>) {
    this.#tenants = tenants;
    this.#held = new LRUCache({
      max: MAX_KEYS,
      ttl: HELD_MS,
      ttlResolution: 0,
      perf: { now: () => clock.now() },
    });
  }

  sealing(owner: KeyOwner): DataKey | Promise<DataKey> {
    const tenantKey = this.#tenants.current(owner.tenant);
    return tenantKey instanceof Promise
      ? tenantKey.then((key) => this.#derived(key, owner))
      : this.#derived(tenantKey, owner);
  }

  opening(owner: KeyOwner, id: string): DataKey | null | Promise<DataKey | null> {
    const tenantKey = this.#tenants.find(owner.tenant, id);
    return tenantKey instanceof Promise
      ? tenantKey.then((key) => key && this.#derived(key, owner))
      : tenantKey && this.#derived(tenantKey, owner);
  }

  purge(owner?: KeyOwner): void {
    if (!owner) return this.#held.clear();
    const [start, end] = [`${owner.tenant} `, owner.subject === null ? '' : ` ${owner.subject}`];
    for (const name of [...this.#held.keys()]) {
      if (name.startsWith(start) && name.endsWith(end)) this.#held.delete(name);
    }
  }

  #derived({ id, key: tenantKey }: TenantKey, { tenant, subject }: KeyOwner): DataKey {
    const name = `${tenant} ${id} ${subject ?? ''}`;
    let key = this.#held.get(name);
    if (!key) {
      key = deriveKey(tenantKey, 'tek/dek', subject ?? '');
      this.#held.set(name, key);
    }
    return { id, key };
  }
}
