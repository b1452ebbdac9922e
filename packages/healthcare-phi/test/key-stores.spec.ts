import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PGlite } from '@electric-sql/pglite';
import { FakeClock } from '@vitalcache/testing';

import { FileKeyStore } from '../src/keys/stores/file-key.store.js';
import type { KeyRow } from '../src/keys/stores/key-store.js';
import { MemoryKeyStore } from '../src/keys/stores/memory-key.store.js';
import { SqlKeyStore } from '../src/keys/stores/sql-key.store.js';
import { describeKeyStore } from './support/key-store.contract.js';

describeKeyStore('MemoryKeyStore', async (clock) => new MemoryKeyStore(clock));

const ROW: KeyRow = {
  tenant: 'tenant-A',
  name: 'tek:100',
  id: '0000006400112233',
  wrapped: Buffer.from('wrapped key'),
  expiresAt: Date.UTC(2030, 0, 1),
};

describe('FileKeyStore', () => {
  const folders: string[] = [];
  const folder = async (): Promise<string> => {
    const made = await mkdtemp(join(tmpdir(), 'vitalcache-keys-'));
    folders.push(made);
    return made;
  };
  afterAll(() => Promise.all(folders.map((made) => rm(made, { recursive: true }))));

  describeKeyStore('FileKeyStore', async (clock) => {
    const store = new FileKeyStore(join(await folder(), 'keys'), clock);
    await store.open();
    return store;
  });

  const filesIn = async (root: string): Promise<string[]> =>
    (await readdir(root, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  it('is found again by the next process, and shared by two at a time', async () => {
    const root = await folder();
    const [one, other] = [new FileKeyStore(root), new FileKeyStore(root)];
    const kept = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? one : other).putIfAbsent({ ...ROW, id: String(i).padStart(16, '0') }),
      ),
    );
    expect(new Set(kept.map(({ id }) => id)).size).toBe(1);
    expect(await new FileKeyStore(root).get('tenant-A', 'tek:100')).toEqual(kept[0]);
  });

  it('writes files for their owner alone, without leaving others, and no tenant in a name', async () => {
    const root = await folder();
    await new FileKeyStore(root).putIfAbsent(ROW);
    const files = await filesIn(root);
    expect(files).toHaveLength(1);
    expect((await stat(files[0] as string)).mode & 0o777).toBe(0o600);
    expect(files[0]).not.toContain('tenant');
  });

  it('leaves nothing of what it destroys', async () => {
    const root = await folder();
    const store = new FileKeyStore(root);
    await store.putIfAbsent(ROW);
    await store.destroyTenant('tenant-A');
    expect(await filesIn(root)).toEqual([]);
  });

  it('takes a file that is torn for none', async () => {
    const root = await folder();
    const store = new FileKeyStore(root);
    await store.putIfAbsent(ROW);
    const [file] = (await filesIn(root)) as [string];
    await writeFile(file, (await readFile(file)).subarray(0, 20));
    expect(await store.get('tenant-A', 'tek:100')).toBeNull();
    expect(await store.putIfAbsent(ROW)).toEqual(ROW);
  });

  it('does not start in a folder that others may look into', async () => {
    const root = await folder();
    await chmod(root, 0o750);
    await expect(new FileKeyStore(root).open()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('0700'),
    });
    await chmod(root, 0o700);
    await expect(new FileKeyStore(join(root, 'a', 'b')).open()).resolves.toBeUndefined();
  });

  it('does not start where it may not write', async () => {
    const root = await folder();
    await writeFile(join(root, 'file'), '');
    await expect(new FileKeyStore(join(root, 'file', 'x')).open()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});

describe('SqlKeyStore', () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await PGlite.create();
  }, 60_000);
  afterAll(() => database.close());

  describeKeyStore('SqlKeyStore on PostgreSQL', async (clock) => {
    await database.exec('DROP TABLE IF EXISTS vitalcache_keys');
    const store = new SqlKeyStore(database, { clock });
    await store.open();
    return store;
  });

  it('makes its table once, or not at all', async () => {
    await new SqlKeyStore(database).open();
    await new SqlKeyStore(database).open();
    await database.exec('DROP TABLE vitalcache_keys');
    await expect(new SqlKeyStore(database, { createsTable: false }).open()).rejects.toThrow();
  });

  it('removes what has expired when it starts', async () => {
    const clock = new FakeClock();
    const store = new SqlKeyStore(database, { clock });
    await store.open();
    await store.putIfAbsent({ ...ROW, expiresAt: clock.now() + 1 });
    clock.advance(2);
    await new SqlKeyStore(database, { clock }).open();
    expect((await database.query('SELECT * FROM vitalcache_keys')).rows).toEqual([]);
  });
});
