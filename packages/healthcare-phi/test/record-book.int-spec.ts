import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { FileRecordBook } from '../src/books/file-record-book.js';

/** No file of the process can get longer than 8 blocks, of 512 or 1 024 bytes; it is told so as by a full disk. */
const LIMITED = 'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"';

const itOnUnix = process.platform === 'win32' ? it.skip : it;

describe('a book of records on a disk that gets full', () => {
  itOnUnix(
    'has every record that it was said to have, and rejects the first that it has not',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'book-'));
      const path = join(folder, 'holds.jsonl');
      const worker = join(__dirname, 'record-book-worker.mjs');
      const { stdout } = await promisify(execFile)('sh', [
        '-c',
        LIMITED,
        process.execPath,
        worker,
        path,
      ]);
      const said = stdout.trimEnd().split('\n');
      const records = await new FileRecordBook<{ readonly n: number }>(path).all();
      await rm(folder, { recursive: true });
      expect(said.pop()).toBe('EFBIG');
      expect(said.length).toBeGreaterThan(2);
      expect(records.map(({ n }) => String(n))).toEqual(said);
    },
  );
});
