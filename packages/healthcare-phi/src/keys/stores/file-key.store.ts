import { createHash, randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, rmdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { CacheError, systemClock, type Clock } from '@vitalcache/core';

import { makeDirectory, reasonOf, tryWriting } from '../../own-directory.js';
import { rowFromText, rowToText } from './key-row.json.js';
import type { KeyRow, KeyRowInfo, KeyStore } from './key-store.js';

const MINE_ONLY = 0o600;

/**
 * Keeps a file for each key in a folder, which processes of one machine may share. Files are written whole or not at all,
 * for their owner alone, and reach the disk before a call resolves; what is destroyed is overwritten first. Copies that a
 * file system, a disk or a backup makes by itself are the deployer's to prevent.
 */
export class FileKeyStore implements KeyStore {
  readonly id = 'file';
  readonly #folder: string;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(folder: string, clock: Pick<Clock, 'now'> = systemClock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** @throws CacheError `CONFIG_INVALID` when others than its owner may look into the folder, or this process can't write to it */
  async open(): Promise<void> {
    const refuse = (what: string): never => {
      const message = `The folder of the key store ${what}. CACHE_KEY_STORE_URL, or the FileKeyStore, names it.`;
      throw new CacheError('CONFIG_INVALID', message);
    };
    await makeDirectory(this.#folder).catch((error: unknown) => refuse(reasonOf(error)));
    const { mode } = await stat(this.#folder);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      refuse('may be used by others than its owner; accepted: mode 0700 (chmod 700)');
    }
    await tryWriting(this.#folder).catch((error: unknown) => refuse(reasonOf(error)));
  }

  async get(tenant: string, name: string): Promise<KeyRow | null> {
    return this.#read(this.#file(tenant, name));
  }

  async putIfAbsent(row: KeyRow): Promise<KeyRow> {
    const folder = this.#tenant(row.tenant);
    const target = this.#file(row.tenant, row.name);
    for (;;) {
      await makeDirectory(folder);
      const kept = await this.#read(target);
      if (kept) return kept;
      await erase(target); // one that has expired, or is no row
      const mine = `${target}.${randomBytes(6).toString('hex')}.new`;
      try {
        await write(mine, rowToText(row));
        await link(mine, target); // fails where somebody else's is
        await sync(folder);
        return row;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'EEXIST' && code !== 'ENOENT') throw error;
      } finally {
        await unlink(mine).catch(absent);
      }
    }
  }

  async destroy(tenant: string, name: string): Promise<string | null> {
    const file = this.#file(tenant, name);
    const row = await this.#read(file);
    await erase(file);
    await sync(this.#tenant(tenant));
    return row?.id ?? null;
  }

  async destroyTenant(tenant: string): Promise<readonly string[]> {
    const folder = this.#tenant(tenant);
    const files = await this.#files(tenant);
    const rows = await Promise.all(files.map((file) => this.#read(file)));
    for (const file of files) await erase(file);
    await sync(folder);
    await rmdir(folder).catch(absent);
    await sync(this.#folder);
    return rows.flatMap((row) => (row ? [row.id] : []));
  }

  /** By what stands in their rows: the names of folders don't tell. */
  async tenants(): Promise<readonly string[]> {
    const folders = (await readdir(this.#folder).catch(absent)) ?? [];
    const firsts = await Promise.all(folders.map((folder) => this.#tenantIn(folder)));
    return firsts.filter((tenant) => tenant !== null);
  }

  async list(tenant: string): Promise<readonly KeyRowInfo[]> {
    const rows = await Promise.all((await this.#files(tenant)).map((file) => this.#read(file)));
    return rows.flatMap((row) =>
      row ? [{ name: row.name, id: row.id, expiresAt: row.expiresAt }] : [],
    );
  }

  async #tenantIn(folder: string): Promise<string | null> {
    const path = join(this.#folder, folder);
    for (const name of await keyFiles(path)) {
      const text = await readFile(join(path, name), 'utf8').catch(absent);
      const row = typeof text === 'string' ? rowFromText(text) : null;
      if (row) return row.tenant;
    }
    return null;
  }

  async #read(file: string): Promise<KeyRow | null> {
    const text = await readFile(file, 'utf8').catch(absent);
    const row = typeof text === 'string' ? rowFromText(text) : null;
    return row && row.expiresAt > this.#clock.now() ? row : null;
  }

  async #files(tenant: string): Promise<readonly string[]> {
    const folder = this.#tenant(tenant);
    return (await keyFiles(folder)).map((name) => join(folder, name));
  }

  #tenant(tenant: string): string {
    return join(this.#folder, digest(tenant));
  }

  /** Hashed: some file systems take upper and lower case for the same. */
  #file(tenant: string, name: string): string {
    return join(this.#tenant(tenant), `${digest(name)}.key`);
  }
}

async function keyFiles(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder).catch(absent)) ?? [];
  return names.filter((name) => name.endsWith('.key'));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

async function write(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', MINE_ONLY);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Overwrites a file and removes it. */
async function erase(file: string): Promise<void> {
  const handle = await open(file, 'r+').catch(absent);
  if (!handle) return;
  try {
    const { size } = await handle.stat();
    await handle.write(Buffer.alloc(size), 0, size, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await unlink(file).catch(absent);
}

async function sync(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // folders can't be opened there
  const handle = await open(folder, 'r').catch(absent);
  if (!handle) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Swallows that something is not there, or that a folder is still in use; rejects with everything else. */
function absent(error: unknown): undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(code)) return undefined;
  throw error;
}
