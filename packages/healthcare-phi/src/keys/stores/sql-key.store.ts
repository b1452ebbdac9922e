import { assertOptionNames, systemClock, type Clock, type OptionNames } from '@vitalcache/core';

import type { KeyRow, KeyRowInfo, KeyStore } from './key-store.js';

/** Runs a statement with numbered parameters (`$1`), as the clients of PostgreSQL do: a `Pool` of `pg` is one. */
export interface SqlRunner {
  query(text: string, parameters: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Makes the table for PostgreSQL; to be run by a migration, or by `open`. May be run again. */
export const SQL_KEY_STORE_DDL = `CREATE TABLE IF NOT EXISTS vitalcache_keys (
  tenant text NOT NULL,
  name text NOT NULL,
  id text NOT NULL,
  wrapped text NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (tenant, name)
)`;

const GET = `SELECT tenant, name, id, wrapped, expires_at FROM vitalcache_keys
  WHERE tenant = $1 AND name = $2 AND expires_at > $3`;
const PUT = `INSERT INTO vitalcache_keys AS kept (tenant, name, id, wrapped, expires_at)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (tenant, name) DO UPDATE
    SET id = excluded.id, wrapped = excluded.wrapped, expires_at = excluded.expires_at
    WHERE kept.expires_at <= $6
  RETURNING tenant, name, id, wrapped, expires_at`;
const DESTROY = 'DELETE FROM vitalcache_keys WHERE tenant = $1 AND name = $2 RETURNING id';
const DESTROY_TENANT = 'DELETE FROM vitalcache_keys WHERE tenant = $1 RETURNING id';
const LIST =
  'SELECT name, id, expires_at FROM vitalcache_keys WHERE tenant = $1 AND expires_at > $2';
const TENANTS = 'SELECT DISTINCT tenant FROM vitalcache_keys';
const EXPIRE = 'DELETE FROM vitalcache_keys WHERE expires_at <= $1';

export interface SqlKeyStoreOptions {
  /** Whether `open` makes the table if there is none. Default: true. */
  readonly createsTable?: boolean;
  readonly clock?: Pick<Clock, 'now'>;
}

const NAMES: OptionNames<SqlKeyStoreOptions> = {
  createsTable: true,
  clock: true,
};

interface SqlRow {
  readonly tenant: string;
  readonly name: string;
  readonly id: string;
  readonly wrapped: string;
  /** Drivers give 64 bits as text or as a number. */
  readonly expires_at: string | number | bigint;
}

/**
 * Keeps keys in a table of PostgreSQL. The database's own log and backups keep what was deleted for as long as they are
 * kept: take one whose backups are short, or without any.
 */
export class SqlKeyStore implements KeyStore {
  readonly id = 'sql';
  readonly #runner: SqlRunner;
  readonly #createsTable: boolean;
  readonly #clock: Pick<Clock, 'now'>;

  /** @throws CacheError `CONFIG_INVALID` for what there is no option of */
  constructor(runner: SqlRunner, options: SqlKeyStoreOptions = {}) {
    assertOptionNames('SqlKeyStore', options, NAMES);
    this.#runner = runner;
    this.#createsTable = options.createsTable ?? true;
    this.#clock = options.clock ?? systemClock;
  }

  async open(): Promise<void> {
    if (this.#createsTable) await this.#runner.query(SQL_KEY_STORE_DDL, []);
    await this.#runner.query(EXPIRE, [this.#clock.now()]);
  }

  async get(tenant: string, name: string): Promise<KeyRow | null> {
    const [row] = await this.#rows(GET, [tenant, name, this.#clock.now()]);
    return row ? rowOf(row) : null;
  }

  async putIfAbsent(row: KeyRow): Promise<KeyRow> {
    const { tenant, name, id, wrapped, expiresAt } = row;
    const now = this.#clock.now();
    await this.#runner.query(EXPIRE, [now]);
    for (;;) {
      const values = [tenant, name, id, wrapped.toString('base64'), expiresAt, now];
      const [put] = await this.#rows(PUT, values);
      const kept = put ? rowOf(put) : await this.get(tenant, name);
      if (kept) return kept; // else somebody removed the other one in between
    }
  }

  async destroy(tenant: string, name: string): Promise<string | null> {
    const [row] = await this.#rows(DESTROY, [tenant, name]);
    return row?.id ?? null;
  }

  async destroyTenant(tenant: string): Promise<readonly string[]> {
    return (await this.#rows(DESTROY_TENANT, [tenant])).map(({ id }) => id);
  }

  async tenants(): Promise<readonly string[]> {
    return (await this.#rows(TENANTS, [])).map(({ tenant }) => tenant);
  }

  async list(tenant: string): Promise<readonly KeyRowInfo[]> {
    const rows = await this.#rows(LIST, [tenant, this.#clock.now()]);
    return rows.map(({ name, id, expires_at }) => ({ name, id, expiresAt: Number(expires_at) }));
  }

  async #rows(text: string, parameters: unknown[]): Promise<readonly SqlRow[]> {
    return (await this.#runner.query(text, parameters)).rows as readonly SqlRow[];
  }
}

function rowOf({ tenant, name, id, wrapped, expires_at }: SqlRow): KeyRow {
  const expiresAt = Number(expires_at);
  return { tenant, name, id, wrapped: Buffer.from(wrapped, 'base64'), expiresAt };
}
