import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { logLines } from '../audit-trail/log-lines.js';
import { parseLine, type AuditLine } from './audit-line.js';
import { isOpen } from './open-spools.js';

type SpoolKind = 'spool' | 'emergency';

/** What a process left that did not get its lines to the sink. */
export interface SpoolLeftover {
  readonly chain: string;
  readonly paths: readonly string[];
}

const NAME = /^(.+)\.(\d+)\.([0-9a-f-]{36})\.(?:spool|emergency)$/;

/** Names its process, so that the files of one that still runs are left alone. */
export function spoolName(node: string, chain: string, kind: SpoolKind): string {
  return `${node}.${process.pid}.${chain}.${kind}`;
}

/** Leftovers of this node whose process is gone. A node's name must not be shared by machines that share the directory. */
export async function spoolLeftovers(
  directory: string,
  node: string,
  ownChain: string,
): Promise<readonly SpoolLeftover[]> {
  const found = new Map<string, string[]>();
  // A directory that was taken away holds nothing, and must not keep the sink from being used.
  const names = await readdir(directory).catch(() => []);
  for (const name of names.sort()) {
    const [, of, pid, chain] = NAME.exec(name) ?? [];
    if (of !== node || !chain || chain === ownChain || isRunning(Number(pid))) continue;
    const path = join(directory, name);
    if (!isOpen(path)) found.set(chain, [...(found.get(chain) ?? []), path]);
  }
  return [...found].map(([chain, paths]) => ({ chain, paths }));
}

/** Lines of its files in the order of the chain, each once. What is torn or no line is told to `onDamage` and left out. */
export async function* readLeftover(
  { chain, paths }: SpoolLeftover,
  onDamage: () => void,
): AsyncGenerator<AuditLine> {
  const sources = paths.map((path) => linesOf(path, chain, onDamage));
  const heads = await Promise.all(sources.map((source) => source.next()));
  let last = 0;
  for (;;) {
    let first = -1;
    heads.forEach(({ done, value }, i) => {
      const other = heads[first]?.value;
      if (!done && value && (!other || value.position < other.position)) first = i;
    });
    if (first < 0) return;
    const line = heads[first]?.value as AuditLine;
    heads[first] = await sources[first]!.next();
    if (line.position > last) yield line;
    last = Math.max(last, line.position);
  }
}

async function* linesOf(
  path: string,
  chain: string,
  onDamage: () => void,
): AsyncGenerator<AuditLine, undefined> {
  for await (const { text, isTorn } of logLines(path)) {
    const line = isTorn ? null : parseLine(text);
    if (line?.chain === chain) yield line;
    else onDamage();
  }
  return undefined;
}

/** What bears the number of this process is of one that had it before, or it is open. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
