import { systemClock, type Clock } from '@vitalcache/core';

import type { KeyRow, KeyRowInfo, KeyStore } from './key-store.js';

/** Keeps keys in this process, for this process alone: after a restart all that was sealed is a miss. */
export class MemoryKeyStore implements KeyStore {
  readonly id = 'memory';
  readonly #tenants = new Map<string, Map<string, KeyRow>>();
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'> = systemClock) {
    this.#clock = clock;
  }

  async get(tenant: string, name: string): Promise<KeyRow | null> {
    return this.#rows(tenant).get(name) ?? null;
  }

  async putIfAbsent(row: KeyRow): Promise<KeyRow> {
    const rows = this.#rows(row.tenant);
    const kept = rows.get(row.name);
    if (kept) return kept;
    rows.set(row.name, row);
    this.#tenants.set(row.tenant, rows);
    return row;
  }

  async destroy(tenant: string, name: string): Promise<string | null> {
    const rows = this.#rows(tenant);
    const row = rows.get(name);
    if (!row) return null;
    row.wrapped.fill(0);
    rows.delete(name);
    return row.id;
  }

  async destroyTenant(tenant: string): Promise<readonly string[]> {
    const rows = [...this.#rows(tenant).values()];
    rows.forEach(({ wrapped }) => wrapped.fill(0));
    this.#tenants.delete(tenant);
    return rows.map(({ id }) => id);
  }

  async tenants(): Promise<readonly string[]> {
    return [...this.#tenants.keys()];
  }

  async list(tenant: string): Promise<readonly KeyRowInfo[]> {
    return [...this.#rows(tenant).values()].map(({ name, id, expiresAt }) => ({
      name,
      id,
      expiresAt,
    }));
  }

  /** Without those that have expired, which go on the way. */
  #rows(tenant: string): Map<string, KeyRow> {
    const rows = this.#tenants.get(tenant) ?? new Map<string, KeyRow>();
    for (const [name, { expiresAt }] of rows) {
      if (expiresAt <= this.#clock.now()) rows.delete(name);
    }
    return rows;
  }
}
