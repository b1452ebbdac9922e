import type { Clock } from '@vitalcache/core';

import { dataKey, type DataKey, type DataKeySource, type KeyOwner } from './data-key.js';
import { deriveKey } from './derive-key.js';
import { HeldKeys } from './held-keys.js';
import type { TenantKey } from './tenant-key.source.js';
import type { TenantKeys } from './tenant-keys.js';

/** Keys of subjects that follow from their tenant's key of an epoch: no row of their own, and gone when that is. */
export class DerivedDataKeys implements DataKeySource {
  readonly #tenants: TenantKeys;
  readonly #held: HeldKeys<DataKey>;

  constructor(tenants: TenantKeys, clock: Pick<Clock, 'now'>) {
    this.#tenants = tenants;
    this.#held = new HeldKeys(clock);
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
    this.#held.purge(owner);
  }

  #derived({ id, key: tenantKey }: TenantKey, owner: KeyOwner): DataKey {
    const last = this.#held.last(owner);
    if (last?.id === id) return last;
    const { tenant, subject } = owner;
    const name = `${tenant} ${id} ${subject ?? ''}`;
    const known = this.#held.get(name);
    if (known) return known;
    const made = dataKey(id, deriveKey(tenantKey, 'tek/dek', subject ?? ''));
    this.#held.set(name, owner, made);
    return made;
  }
}
