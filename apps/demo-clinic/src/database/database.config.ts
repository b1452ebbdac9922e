import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from './start-error.js';

/** Where the rows live: a folder, the memory of this process, or a PostgreSQL server. */
export type DatabaseTarget =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'memory' }
  | { readonly kind: 'server'; readonly url: string };

/** The database's settings, complete and checked. */
export interface DatabaseConfig {
  readonly target: DatabaseTarget;
  /** Patients to seed, 10 to 10 000. */
  readonly patients: number;
  /** True when the environment asked for that number: an existing seed of another size is then replaced. */
  readonly patientsRequested: boolean;
  /** What every read of the source costs on top of the query, 0 to 5 000 ms. */
  readonly queryDelayMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PATIENTS = 3_000;
const DEFAULT_QUERY_DELAY_MS = 50;
// Holds for src/database and dist/database alike.
const APP_FOLDER = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Reads the demo's database settings. `DATABASE_URL` wins over `DEMO_DATA_DIR`; a relative
 * folder is taken from the app's own, so that the start command's folder does not matter.
 *
 * @throws StartError `CONFIG_INVALID` naming the variable and what it accepts.
 */
export function readDatabaseConfig(env: Environment): DatabaseConfig {
  return {
    target: readTarget(env),
    patients: readWhole(env, 'DEMO_PATIENTS', DEFAULT_PATIENTS, 10, 10_000),
    patientsRequested: isSet(env['DEMO_PATIENTS']),
    queryDelayMs: readWhole(env, 'DEMO_QUERY_DELAY_MS', DEFAULT_QUERY_DELAY_MS, 0, 5_000),
  };
}

function readTarget(env: Environment): DatabaseTarget {
  const url = env['DATABASE_URL']?.trim();
  if (isSet(url)) {
    if (!/^postgres(ql)?:\/\/\S+$/.test(url)) {
      // The value is left out: it may hold a password.
      throw invalid('DATABASE_URL must look like postgres://user:password@host:5432/database');
    }
    return { kind: 'server', url };
  }
  const folder = env['DEMO_DATA_DIR']?.trim();
  if (folder === 'memory:') return { kind: 'memory' };
  return { kind: 'directory', path: resolve(APP_FOLDER, isSet(folder) ? folder : '.data/pg') };
}

function readWhole(
  env: Environment,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  const text = env[name]?.trim();
  if (!isSet(text)) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw invalid(`${name} must be a whole number from ${min} to ${max}, but is "${text}"`);
  }
  return value;
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function invalid(message: string): StartError {
  return new StartError('CONFIG_INVALID', message);
}
