import { createSecretKey, randomBytes } from 'node:crypto';

import { CacheError } from '@vitalcache/core';

import { epochOf, type KeyEpochs } from './key-epochs.js';
import type { KeyProvider, WrapContext } from './providers/key-provider.js';
import type { KeyRow, KeyStore } from './stores/key-store.js';
import type { TenantKey, TenantKeySource } from './tenant-key.source.js';

const PREFIX = 'tek:';

/** Whether a row of a key store is a tenant's key of an epoch. */
export function isTenantRow(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Random keys of tenants, wrapped by a key provider and kept in a key store: destroyed there, they are gone. */
export class StoredTenantKeySource implements TenantKeySource {
  readonly canShred = true;
  readonly #store: KeyStore;
  readonly #provider: KeyProvider;
  readonly #epochs: KeyEpochs;

  constructor(store: KeyStore, provider: KeyProvider, epochs: KeyEpochs) {
    this.#store = store;
    this.#provider = provider;
    this.#epochs = epochs;
  }

  async current(tenant: string, epoch: number): Promise<TenantKey> {
    const kept = await this.#store.get(tenant, nameOf(epoch));
    const row = kept ?? (await this.#made(tenant, epoch));
    const key = await this.#unwrapped(tenant, row, epoch);
    if (key) return key;
    throw new CacheError(
      'STORE_REFUSED',
      `The key that wraps the tenant's key of this epoch is destroyed at ${this.#provider.id}; wait for its next epoch, or destroy the tenant's keys.`,
    );
  }

  async find(tenant: string, id: string): Promise<TenantKey | null> {
    const epoch = epochOf(id);
    const row = await this.#store.get(tenant, nameOf(epoch));
    return row?.id === id ? this.#unwrapped(tenant, row, epoch) : null;
  }

  async isThere(tenant: string, id: string): Promise<boolean> {
    return (await this.#store.get(tenant, nameOf(epochOf(id))))?.id === id;
  }

  /** Several processes may do so at once: all use the one that was first. */
  async #made(tenant: string, epoch: number): Promise<KeyRow> {
    const raw = randomBytes(32);
    const wrapped = await this.#provider.wrap(raw, contextOf(tenant, epoch));
    raw.fill(0);
    const id = this.#epochs.newId(epoch);
    const expiresAt = this.#epochs.expiryOf(epoch);
    return this.#store.putIfAbsent({ tenant, name: nameOf(epoch), id, wrapped, expiresAt });
  }

  /** Of the tenant that was asked for, whatever the row says. */
  async #unwrapped(tenant: string, row: KeyRow, epoch: number): Promise<TenantKey | null> {
    const raw = await this.#provider.unwrap(row.wrapped, contextOf(tenant, epoch));
    if (!raw) return null;
    const key = createSecretKey(raw);
    raw.fill(0);
    return { id: row.id, key, expiresAt: row.expiresAt };
  }
}

function nameOf(epoch: number): string {
  return `${PREFIX}${epoch}`;
}

function contextOf(tenant: string, epoch: number): WrapContext {
  return { tenant, epoch, purpose: 'tek' };
}
