import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { CamelCasePlugin, Kysely, PostgresDialect, sql, type PostgresPool } from 'kysely';
import pg from 'pg';
import type { DatabaseTarget } from './database.config.js';
import { DirectoryLock } from './directory-lock.js';
import { PglitePool } from './pglite-pool.js';
import type { Schema } from './schema.js';
import { StartError } from './start-error.js';
import { valueParsers } from './value-parsers.js';

/** The demo's typed database handle. */
export type Database = Kysely<Schema>;

/** An open database and the only way to close it. */
export interface OpenDatabase {
  readonly db: Database;
  /** Waits for running statements, closes the server or pool, and gives the folder free. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens the database and asks it one question, without changing what is in it.
 *
 * @throws StartError `DATA_DIR_IN_USE` when another process holds the folder, `DATABASE_UNREACHABLE`
 * when the server does not let us in.
 */
export async function openDatabase(target: DatabaseTarget): Promise<OpenDatabase> {
  if (target.kind === 'server') return openServer(target.url);
  if (target.kind === 'memory') return handle(await embeddedPool('memory://'));

  mkdirSync(dirname(target.path), { recursive: true });
  const lock = DirectoryLock.acquire(target.path);
  try {
    return await handle(await embeddedPool(target.path), lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openServer(url: string): Promise<OpenDatabase> {
  try {
    return await handle(serverPool(url));
  } catch (error) {
    // The driver's own message may repeat the URL with its password.
    const { code = 'no answer' } = error as { code?: string };
    throw new StartError(
      'DATABASE_UNREACHABLE',
      `The server in DATABASE_URL can't be used (${code}): check host, user and database`,
      { cause: error },
    );
  }
}

async function handle(pool: PostgresPool, lock?: DirectoryLock): Promise<OpenDatabase> {
  const db = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  // Also needed for closing: kysely does not end a pool that it never used.
  await sql`select 1`.execute(db);
  let closing: Promise<void> | undefined;
  const close = async () => {
    await db.destroy();
    lock?.release();
  };
  return { db, close: () => (closing ??= close()) };
}

async function embeddedPool(dataDir: string): Promise<PostgresPool> {
  const parsers: PGliteOptions['parsers'] = { ...valueParsers };
  return new PglitePool(await PGlite.create({ dataDir, parsers }));
}

function serverPool(url: string): PostgresPool {
  const getTypeParser = ((oid: number, format?: 'text' | 'binary'): unknown =>
    valueParsers[oid] ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser;
  const pool = new pg.Pool({
    connectionString: url,
    types: { getTypeParser },
    connectionTimeoutMillis: 5_000,
  });
  // An idle connection that the server closed is replaced on the next query; unheard, the event would end the process.
  pool.on('error', () => undefined);
  return pool;
}
