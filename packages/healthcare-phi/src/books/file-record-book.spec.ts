import {
  appendFile,
  chmod,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FileRecordBook } from './file-record-book.js';

describe('FileRecordBook', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'book-'));
    path = join(folder, 'uses.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps records in their order, for other processes and later ones', async () => {
    const [one, other] = [new FileRecordBook<number>(path), new FileRecordBook<number>(path)];
    expect(await one.all()).toEqual([]);
    await Promise.all([1, 2, 3, 4, 5].map((record) => one.add(record)));
    await other.add(6);
    expect(await one.all()).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('keeps a text with line ends in one line', async () => {
    const book = new FileRecordBook<string>(path);
    await book.add('a\nb\u2028c');
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(2);
    expect(await book.all()).toEqual(['a\nb\u2028c']);
  });

  it('passes over a line that a crash has torn, and loses nothing after it', async () => {
    const book = new FileRecordBook<object>(path);
    await book.add({ id: 1 });
    await appendFile(path, '{"id":2');
    expect(await book.all()).toEqual([{ id: 1 }]);
    await book.add({ id: 3 });
    expect(await book.all()).toEqual([{ id: 1 }, { id: 3 }]);
  });

  it('refuses a link, and a file that others may read', async () => {
    await writeFile(path, '', { mode: 0o644 });
    const book = new FileRecordBook<number>(path);
    await expect(book.add(1)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(book.all()).rejects.toThrow('0600');
    await chmod(path, 0o600);
    await book.add(1);
    const link = join(folder, 'link');
    await symlink(path, link);
    await expect(new FileRecordBook(link).add(2)).rejects.toThrow('symbolic link');
    expect(await book.all()).toEqual([1]);
  });

  it('tells its caller what could not be kept, and goes on', async () => {
    const book = new FileRecordBook<unknown>(path);
    await expect(book.add(1n)).rejects.toThrow(TypeError);
    await book.add(2);
    expect(await book.all()).toEqual([2]);
  });
});
