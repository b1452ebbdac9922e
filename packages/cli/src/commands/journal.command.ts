import type { IJournalLog, JournalRecord } from '@vitalcache/core';
import type { Command } from 'commander';

import { configured, type CommandRun, type CommandSet } from '../command.js';
import { CliError } from '../cli.error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { documentOfRecord, lineOfRecord } from '../output/record-line.js';
import type { Output } from '../output/output.js';
import { withStore } from '../setup/store.js';

interface TailOptions {
  readonly lines: string;
  readonly follow: boolean;
}

/** Records that are asked for at a time, and how long the store waits for one. */
const PAGE = 1_000;
const WAIT_MS = 1_000;
const MAX_LINES = 100_000;

/** `journal tail` */
export function addJournal(program: Command, commands: CommandSet): void {
  const journal = program.command('journal').description('look at the log of invalidations');
  commands.add<TailOptions>(
    journal,
    'tail',
    'show invalidations as they are recorded, one a line, until Ctrl-C',
    tail,
    (command) =>
      configured(command)
        .option('-n, --lines <number>', 'records to begin with', '10')
        .option('--no-follow', 'end after those'),
  );
}

async function tail(run: CommandRun<TailOptions>): Promise<ExitCode> {
  const { output, options, io } = run;
  const lines = linesOf(options.lines);
  const configuration = run.configuration();
  const { namespace } = configuration;
  return withStore(configuration, async (provider) => {
    const log = provider.journal(namespace);
    const [newest] = await log.readBackwards(Number.MAX_SAFE_INTEGER, 1);
    if (!newest) {
      output.note(
        `Namespace ${namespace} has no journal: no cache with this name has started yet.`,
      );
      return EXIT.found;
    }
    const latest = await latestOf(log, lines);
    for (const record of latest) print(record, output);
    if (options.follow) await follow(log, newest, output, io.signal);
    return EXIT.ok;
  });
}

function linesOf(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) <= MAX_LINES) return Number(text);
  throw new CliError(`--lines is ${JSON.stringify(text)}; accepted: 0 to ${MAX_LINES}`);
}

/** Oldest first. */
async function latestOf(log: IJournalLog, count: number): Promise<readonly JournalRecord[]> {
  const found: JournalRecord[] = [];
  while (found.length < count) {
    const before = found.at(-1)?.stamp ?? Number.MAX_SAFE_INTEGER;
    const page = await log.readBackwards(before, Math.min(PAGE, count - found.length));
    if (page.length === 0) break;
    found.push(...page);
  }
  return found.reverse();
}

async function follow(
  log: IJournalLog,
  newest: JournalRecord,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  // Where the keys are spread, this looks where the journal lives; it creates none, for there is one.
  await log.open(newest.constants, 0);
  const stop = (): void => void log.stopPolling?.();
  signal.addEventListener('abort', stop, { once: true });
  let position = newest.stamp;
  while (!signal.aborted) {
    try {
      const { records = [] } = (await log.poll?.(position, PAGE, WAIT_MS)) ?? {};
      for (const record of records) print(record, output);
      position = records.at(-1)?.stamp ?? position;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

function print(record: JournalRecord, output: Output): void {
  output.line(lineOfRecord(record, (style, text) => output.paint(style, text)));
  output.json(documentOfRecord(record), { isLine: true });
}
