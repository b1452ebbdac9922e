import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A running server and the process that watches over it. */
export interface BinaryProcess {
  readonly pid: number;
  readonly hasEnded: () => boolean;
  /** Kills the server and resolves when it is gone. */
  kill(): Promise<void>;
}

/**
 * Runs the server under a shell that prints its pid and kills it when our end of the shell's input closes: also when
 * this process crashes. The shell ends when the server does. `$0` is the file for what the server prints.
 */
const GUARD = `exec 3<&0
"$@" </dev/null >>"$0" 2>&1 3<&- &
server=$!
echo $server
{ read -r _ <&3; kill -9 $server; } >/dev/null 2>&1 &
reader=$!
wait $server
kill $reader 2>/dev/null`;

/** In a session of their own guards outlive the signals of a terminal, which end this process and spare servers. */
const APART = true;

/** Removes a folder when our end of the shell's input closes; a second time, as a dying server may still write. */
const FOLDER_GUARD = `read -r _
rm -rf "$0" || { sleep 1; rm -rf "$0"; }`;

/** Full path of the first of `names` that is on the PATH, or `null`. */
export function findBinary(
  names: readonly string[],
  path = process.env['PATH'] ?? '',
): string | null {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isExecutable) ?? null;
}

/**
 * @param log file to which what it prints is added
 * @throws Error if the shell ended before it told the server's pid
 */
export async function startBinary(
  binary: string,
  args: readonly string[],
  log = '/dev/null',
): Promise<BinaryProcess> {
  const guard = spawn('/bin/sh', ['-c', GUARD, log, binary, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: APART,
  });
  const exited = once(guard, 'exit');
  const pid = Number(await Promise.race([firstLine(guard), exited.then(() => NaN)]));
  if (!(pid > 0)) throw new Error(`${binary} did not start`);
  return {
    pid,
    hasEnded: () => guard.exitCode !== null,
    async kill() {
      guard.stdin?.end();
      await exited;
    },
  };
}

/** Sees to it that a folder goes with this process. Returns what removes it before. */
export function guardFolder(folder: string): () => Promise<void> {
  const guard = spawn('/bin/sh', ['-c', FOLDER_GUARD, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: APART,
  });
  const exited = once(guard, 'exit');
  return async () => {
    guard.stdin.end();
    await exited;
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return String(chunk);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
