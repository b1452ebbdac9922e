import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { CommandRun } from '../command.js';
import { CliError } from '../cli.error.js';
import { loadHealthcare, type Healthcare } from '../setup/healthcare.js';

/** What limits a report or an export. */
export interface PeriodOptions {
  readonly from?: string;
  readonly to?: string;
}

/** The package that knows the log. @throws CliError if it is not installed */
export function auditTools({ io }: CommandRun<object>): Promise<Healthcare> {
  return loadHealthcare(io.cwd, 'the audit log is its');
}

/** A log that is kept in files. */
export interface GivenLog {
  readonly directory: string;
  /** What its files must begin with; absent: a directory was given, with whatever log is in it. */
  readonly name?: string;
}

/**
 * The log: as it is given, else as the application's variables say.
 * @throws CliError if neither says, or there is none
 */
export async function logOf(run: CommandRun<object>, given: string | undefined): Promise<GivenLog> {
  const { io, env } = run;
  const path = given ?? env['CACHE_AUDIT_FILE'];
  if (!path) {
    throw new CliError(
      'Give the directory of the audit log, or set CACHE_AUDIT_FILE as the application has it',
    );
  }
  const full = resolve(io.cwd, path);
  const { directory, name } = (await auditTools(run)).auditPaths(full);
  const found = await stat(directory).catch(() => null);
  const isAny = given !== undefined && directory === full;
  if (found?.isDirectory()) return isAny ? { directory } : { directory, name };
  throw new CliError(`${directory} is no directory; give that of the audit log`);
}

/** @throws CliError for what is no time */
export function periodOf({ from, to }: PeriodOptions): { fromMs?: number; toMs?: number } {
  return {
    ...(from !== undefined && { fromMs: timeOf('--from', from) }),
    ...(to !== undefined && { toMs: timeOf('--to', to) }),
  };
}

function timeOf(option: string, text: string): number {
  const ms = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isFinite(ms)) return ms;
  throw new CliError(
    `${option} is ${JSON.stringify(text)}; accepted: 2026-01-31 or 2026-01-31T12:00:00Z`,
  );
}
