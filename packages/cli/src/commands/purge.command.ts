import type { Command } from 'commander';

import { configured, type CommandRun, type CommandSet } from '../command.js';
import { CliError } from '../cli.error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { withHealthcare } from '../setup/healthcare-cache.js';

interface PurgeOptions {
  readonly deadline: string;
}

const MAX_SECONDS = 86_400;

/** `purge` */
export function addPurge(program: Command, commands: CommandSet): void {
  commands.add<PurgeOptions>(
    program,
    'purge',
    'housekeeping of protected data, for every night: drops what indexes still name, proves that all entries expire',
    purge,
    (command) =>
      configured(command).option(
        '--deadline <seconds>',
        'end after so long, also if not all was seen',
        '600',
      ),
  );
}

async function purge(run: CommandRun<PurgeOptions>): Promise<ExitCode> {
  const { output, options } = run;
  const deadlineMs = secondsOf(options.deadline) * 1_000;
  const warn = (line: string): void => output.note(line);
  const result = await withHealthcare(run.configuration(), warn, ({ cache }) =>
    cache.purge({ deadlineMs }),
  );
  output.json(result);
  output.facts([
    ['entries seen', result.entries],
    ['without an expiry', result.endless],
    ['dropped from indexes', result.orphans],
    ['all was seen', result.complete ? 'yes' : 'no: give it a longer --deadline'],
    ...(result.isHeld ? [['legal hold', 'nothing was dropped'] as const] : []),
  ]);
  return result.endless === 0 && result.complete ? EXIT.ok : EXIT.found;
}

function secondsOf(text: string): number {
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new CliError(
    `--deadline is ${JSON.stringify(text)}; accepted: 1 to ${MAX_SECONDS} seconds`,
  );
}
