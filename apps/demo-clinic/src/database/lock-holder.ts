import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who holds a lock file. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Start of the process in the kernel's ticks, '' where the kernel does not tell: a pid alone is reused. */
  readonly born: string;
}

/** This process, as it signs a lock. */
export function describeSelf(): LockHolder {
  return { pid: process.pid, host: hostname(), born: birthOf(process.pid) };
}

/** Whether the process that signed the lock still runs; true when that can't be told. */
export function isAlive(holder: LockHolder): boolean {
  // Another machine's or container's processes can't be seen from here: assume the worse.
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return birthOf(holder.pid) === holder.born;
}

/** The holder written in a lock file, or undefined when the file holds anything else. */
export function parseHolder(text: string): LockHolder | undefined {
  try {
    const { pid, host, born } = JSON.parse(text) as Partial<LockHolder>;
    return Number(pid) > 0
      ? { pid: Number(pid), host: String(host), born: String(born) }
      : undefined;
  } catch {
    return undefined;
  }
}

// Fields 3 and 22 of /proc/<pid>/stat (proc(5)), counted after the name, which may hold spaces. A zombie
// answers signals as if it lived, and a container without an init process never buries it.
function birthOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'dead' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
