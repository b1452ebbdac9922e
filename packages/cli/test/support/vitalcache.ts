import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BIN = join(__dirname, '../../dist/bin.js');
/** A folder without package.json, so that the namespace is the default one. */
const NOWHERE = mkdtempSync(join(tmpdir(), 'vitalcache-cli-'));

/** Each test starts processes, on machines that have more to do. */
jest.setTimeout(60_000);

/** How a run of the command ended, and what it said. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with what came on stdout so far; ends the command, as Ctrl-C does, when it returns true. */
  readonly endsWhen?: (stdout: string) => boolean;
}

/** Runs the built command as a process of its own. */
export async function vitalcache(
  args: readonly string[],
  { env = {}, cwd = NOWHERE, endsWhen }: CliOptions = {},
): Promise<CliResult> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (endsWhen?.(stdout)) child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** That a run failed as it should: with this code, nothing but one line, and no stack. */
export function expectOneLine(result: CliResult, code: number, line: RegExp): void {
  expect(result.stdout).toBe('');
  expect(result.stderr).toMatch(line);
  expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(result.stderr).toMatch(/^vitalcache: /);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(result.code).toBe(code);
}
