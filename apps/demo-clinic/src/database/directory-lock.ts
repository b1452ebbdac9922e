import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describeSelf, isAlive, parseHolder, type LockHolder } from './lock-holder.js';
import { StartError } from './start-error.js';

/**
 * Keeps a second process out of an embedded database's folder: two servers on one folder corrupt it.
 * The lock is a file beside the folder holding who took it; a lock whose process is gone is taken over.
 */
export class DirectoryLock {
  private constructor(
    private readonly file: string,
    private readonly own: string,
  ) {}

  /**
   * Takes the lock of `directory`, or fails at once.
   *
   * @throws StartError `DATA_DIR_IN_USE` naming the process that holds it.
   */
  static acquire(directory: string): DirectoryLock {
    const lock = new DirectoryLock(`${directory}.lock`, JSON.stringify(describeSelf()));
    if (!lock.claim()) lock.takeOver(directory);
    return lock;
  }

  /** Gives the folder free. Leaves a lock alone that is no longer ours. */
  release(): void {
    if (this.read() === this.own) rmSync(this.file, { force: true });
  }

  // Linking makes the lock appear with its content or not at all: nobody reads a half-written one.
  private claim(): boolean {
    const draft = `${this.file}.${process.pid}`;
    this.write(draft);
    try {
      linkSync(draft, this.file);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }

  private write(draft: string): void {
    try {
      writeFileSync(draft, this.own);
    } catch (cause) {
      const message =
        'DEMO_DATA_DIR must be in a folder that exists and that this user may write to, or memory:';
      throw new StartError('CONFIG_INVALID', message, { cause });
    }
  }

  private takeOver(directory: string): void {
    const found = this.read();
    const holder = found === undefined ? undefined : parseHolder(found);
    if (holder !== undefined && isAlive(holder)) throw inUse(directory, holder, this.file);
    if (found !== undefined) this.removeStale(found);
    if (!this.claim()) throw inUse(directory, parseHolder(this.read() ?? ''), this.file);
  }

  // Two starters may judge the same lock stale; the slower one must not remove the faster one's new lock.
  private removeStale(found: string): void {
    const aside = `${this.file}.${process.pid}.stale`;
    try {
      renameSync(this.file, aside);
      if (readFileSync(aside, 'utf8') !== found) linkSync(aside, this.file);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
    } finally {
      rmSync(aside, { force: true });
    }
  }

  private read(): string | undefined {
    try {
      return readFileSync(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

function inUse(directory: string, holder: LockHolder | undefined, file: string): StartError {
  const by = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new StartError(
    'DATA_DIR_IN_USE',
    `${directory} is in use by ${by}: stop it, or choose another DEMO_DATA_DIR (if it is surely gone, delete ${file})`,
  );
}
