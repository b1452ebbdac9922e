import { createSecretKey, randomBytes } from 'node:crypto';

import { CacheError, type Clock } from '@vitalcache/core';

import { lengthPrefixed } from '../seal/length-prefixed.js';
import { dataKey, type DataKey, type DataKeySource, type KeyOwner } from './data-key.js';
import { deriveKey } from './derive-key.js';
import { HeldKeys } from './held-keys.js';
import { epochOf, type KeyEpochs } from './key-epochs.js';
import type { KeyFlights } from './key-flights.js';
import type { KeyRow, KeyStore } from './stores/key-store.js';
import type { TenantKey } from './tenant-key.source.js';
import type { TenantKeys } from './tenant-keys.js';
import { unwrapKey, wrapKey } from './wrap-key.js';

const PREFIX = 'dek:';
const ID_BYTES = 8;
/** A key whose tenant's key is gone is replaced; more often than that somebody is shredding without end. */
const MAX_TRIES = 3;

export interface StoredDataKeysOptions {
  readonly tenants: TenantKeys;
  readonly store: KeyStore;
  readonly epochs: KeyEpochs;
  readonly flights: KeyFlights;
  readonly clock: Clock;
}

/** Whether a row of a key store is a key of a subject's own. */
export function isSubjectRow(name: string, subject: string): boolean {
  return name.startsWith(PREFIX) && name.endsWith(`:${subject}`);
}

/** Random keys of subjects, wrapped by their tenant's key and kept in a key store: destroyed there, they are gone. */
export class StoredDataKeys implements DataKeySource {
  readonly #options: StoredDataKeysOptions;
  readonly #held: HeldKeys<DataKey>;
  /** Grows with each purge: what was fetched before one must not be kept after it. */
  #purges = 0;

  constructor(options: StoredDataKeysOptions) {
    this.#options = options;
    this.#held = new HeldKeys(options.clock);
  }

  sealing(owner: KeyOwner): DataKey | Promise<DataKey> {
    const { clock, epochs, flights } = this.#options;
    const name = nameOf(epochs.at(clock.now()), owner);
    const held = this.#held.get(`${owner.tenant} ${name}`);
    if (held) return held;
    return flights.run(`sealing ${owner.tenant} ${name}`, () =>
      this.#kept(owner, name, () => this.#current(owner.tenant, name)),
    );
  }

  opening(owner: KeyOwner, id: string): DataKey | null | Promise<DataKey | null> {
    const { clock, epochs, flights, store } = this.#options;
    const { tenant } = owner;
    if (!epochs.isPossible(epochOf(id), clock.now())) return null;
    const name = nameOf(epochOf(id), owner);
    const held = this.#held.get(`${tenant} ${name}`);
    if (held?.id === id) return held;
    return flights.run(`opening ${tenant} ${name} ${id}`, () =>
      this.#kept(owner, name, async () => {
        const row = await store.get(tenant, name);
        return row?.id === id ? this.#unwrapped(tenant, name, row) : null;
      }),
    );
  }

  purge(owner?: KeyOwner): void {
    this.#purges++;
    this.#held.purge(owner);
  }

  async #current(tenant: string, name: string): Promise<DataKey> {
    const { store } = this.#options;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const row = (await store.get(tenant, name)) ?? (await this.#made(tenant, name));
      const key = await this.#unwrapped(tenant, name, row);
      if (key) return key;
      await store.destroy(tenant, name); // its tenant's key is gone, so nobody can use it
    }
    throw new CacheError('STORE_REFUSED', 'A key is destroyed as soon as it is made.');
  }

  /** The tenant's key is of the present epoch; an epoch may have ended meanwhile, but that is not known to the name. */
  async #made(tenant: string, name: string): Promise<KeyRow> {
    const { tenants, store, epochs } = this.#options;
    const tenantKey = await tenants.current(tenant);
    const epoch = epochOfName(name);
    const id = epochs.newId(epoch);
    const raw = randomBytes(32);
    const wrapped = wrapKey(raw, deriveKey(tenantKey.key, 'tek/wrap'), boundTo(tenant, name, id));
    raw.fill(0);
    return store.putIfAbsent({
      tenant,
      name,
      id,
      wrapped: Buffer.concat([Buffer.from(tenantKey.id, 'hex'), wrapped]),
      expiresAt: epochs.expiryOf(epoch),
    });
  }

  /** Of the owner that was asked for, whatever the row says. */
  async #unwrapped(tenant: string, name: string, { id, wrapped }: KeyRow): Promise<DataKey | null> {
    const tenantKeyId = wrapped.toString('hex', 0, ID_BYTES);
    const tenantKey: TenantKey | null = await this.#options.tenants.find(tenant, tenantKeyId);
    if (!tenantKey) return null;
    const wrapping = deriveKey(tenantKey.key, 'tek/wrap');
    const raw = unwrapKey(wrapped.subarray(ID_BYTES), wrapping, boundTo(tenant, name, id));
    if (!raw) {
      throw new CacheError('STORE_REFUSED', 'A key in the key store is not what was put there.');
    }
    const key = createSecretKey(raw);
    raw.fill(0);
    return dataKey(id, key);
  }

  /** Once more if there was a purge meanwhile. */
  async #kept<T extends DataKey | null>(
    owner: KeyOwner,
    name: string,
    get: () => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const purges = this.#purges;
      const key = await get();
      if (purges !== this.#purges) continue;
      if (key) this.#held.set(`${owner.tenant} ${name}`, owner, key);
      return key;
    }
  }
}

function nameOf(epoch: number, { subject }: KeyOwner): string {
  return `${PREFIX}${epoch}:${subject ?? ''}`;
}

function epochOfName(name: string): number {
  return Number(name.split(':')[1]);
}

function boundTo(tenant: string, name: string, id: string): Buffer {
  return lengthPrefixed(tenant, name, id);
}
