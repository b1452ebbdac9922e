import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryLock } from './directory-lock.js';
import { describeSelf } from './lock-holder.js';

describe(DirectoryLock, () => {
  let folder: string;
  let directory: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'demo-lock-'));
    directory = join(folder, 'pg');
    file = `${directory}.lock`;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  describe('acquire', () => {
    it('refuses a second holder in one line that names the process', () => {
      DirectoryLock.acquire(directory);
      let message = '';
      try {
        DirectoryLock.acquire(directory);
      } catch (error) {
        expect(error).toMatchObject({ code: 'DATA_DIR_IN_USE' });
        message = (error as Error).message;
      }
      expect(message).toContain(`process ${process.pid}`);
      expect(message).not.toContain('\n');
    });

    it('refuses while another process holds it, and takes it over when that process is gone', async () => {
      const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      try {
        await once(other, 'spawn');
        const signed = { ...describeSelf(), pid: other.pid, born: statStart(other.pid ?? 0) };
        writeFileSync(file, JSON.stringify(signed));
        expect(() => DirectoryLock.acquire(directory)).toThrow(`process ${other.pid}`);
      } finally {
        other.kill('SIGKILL');
        await once(other, 'exit');
      }
      DirectoryLock.acquire(directory);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(describeSelf());
    });

    it('takes over from a process whose number was given to another', () => {
      if (describeSelf().born === '') return;
      writeFileSync(file, JSON.stringify({ ...describeSelf(), born: '1' }));
      expect(() => DirectoryLock.acquire(directory)).not.toThrow();
    });

    it.each(['', '{"pid":', '{"pid":-1}', 'null'])('takes over a lock that holds %j', (content) => {
      writeFileSync(file, content);
      expect(() => DirectoryLock.acquire(directory)).not.toThrow();
    });

    it('does not judge the processes of another machine', () => {
      writeFileSync(file, JSON.stringify({ pid: deadPid(), host: 'elsewhere', born: '1' }));
      expect(() => DirectoryLock.acquire(directory)).toThrow('on elsewhere');
    });

    it('leaves only the lock behind', () => {
      writeFileSync(file, '');
      DirectoryLock.acquire(directory);
      expect(readdirSync(folder)).toEqual(['pg.lock']);
    });
  });

  describe('release', () => {
    it('lets the next one in', () => {
      DirectoryLock.acquire(directory).release();
      expect(existsSync(file)).toBe(false);
      DirectoryLock.acquire(directory).release();
    });

    it("leaves another's lock alone", () => {
      const lock = DirectoryLock.acquire(directory);
      writeFileSync(file, 'taken by somebody else');
      lock.release();
      expect(existsSync(file)).toBe(true);
    });
  });
});

function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

function statStart(pid: number): string {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return '';
  const stat = readFileSync(path, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
