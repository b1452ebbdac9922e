import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { generateKeyring } from '@vitalcache/healthcare-phi';

import { StartError } from '../database/start-error.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where keyring, audit, key store, legal holds and receipts are kept. */
export interface ProtectionFolder {
  readonly path: string;
  /** Ends with this process; what is in it, too. */
  readonly isTemporary: boolean;
}

// Holds for src/protection and dist/protection alike.
const APP_FOLDER = fileURLToPath(new URL('../..', import.meta.url));
const IN_MEMORY = 'memory:';
const KEYRING = 'keyring.json';

/**
 * The folder, with a keyring in it. It is made at the first start, for its owner alone: a demo that asks for keys first
 * is not looked at. An application gets them from whoever runs it.
 *
 * @throws StartError `CONFIG_INVALID` when the folder can't be made
 */
export function prepareProtectionFolder(env: Environment): ProtectionFolder {
  const said = env['DEMO_KEYS_DIR']?.trim() || env['DEMO_DATA_DIR']?.trim();
  const isTemporary = said === IN_MEMORY;
  const path = isTemporary
    ? mkdtempSync(join(tmpdir(), 'demo-clinic-'))
    : resolve(APP_FOLDER, env['DEMO_KEYS_DIR']?.trim() || '.data/keys');
  const folder = { path, isTemporary };
  // Also when the start fails, and nobody is told of a shutdown.
  process.once('exit', () => leaveProtectionFolder(folder));
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    makeKeyring(join(path, KEYRING));
  } catch (cause) {
    throw new StartError(
      'CONFIG_INVALID',
      'DEMO_KEYS_DIR must be a folder that this user may write to',
      { cause },
    );
  }
  return folder;
}

/** Of two first starts at a time the slower one takes what is there. */
function makeKeyring(path: string): void {
  if (existsSync(path)) return;
  try {
    writeFileSync(path, generateKeyring(), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** The variables of the healthcare plugin that nobody has set, as the folder has them. */
export function protectionDefaults({ path }: ProtectionFolder, env: Environment): Environment {
  const hasKeyring = [env['CACHE_KEYRING'], env['CACHE_KEYRING_FILE']].some(Boolean);
  return {
    ...(!hasKeyring && { CACHE_KEYRING_FILE: join(path, KEYRING) }),
    // A log has one writer; processes that share the folder differ in their ports.
    ...(!env['CACHE_AUDIT_FILE'] && {
      CACHE_AUDIT_FILE: join(path, `audit-${env['PORT']?.trim() || '8088'}`),
    }),
  };
}

/** Removes what ends with this process. */
export function leaveProtectionFolder({ path, isTemporary }: ProtectionFolder): void {
  if (isTemporary) rmSync(path, { recursive: true, force: true });
}
