import { debuglog } from 'node:util';

import { Command, CommanderError } from 'commander';

import { CommandSet } from './command.js';
import { explained } from './cli.error.js';
import { addAudit } from './commands/audit.command.js';
import { addDoctor } from './commands/doctor.command.js';
import { addInspect } from './commands/inspect.command.js';
import { addJournal } from './commands/journal.command.js';
import { addKeyring } from './commands/keyring.command.js';
import { addLint } from './commands/lint.command.js';
import { addPatient } from './commands/patient.command.js';
import { addPurge } from './commands/purge.command.js';
import { EXIT, type ExitCode } from './exit-code.js';
import type { CliIo } from './output/cli-io.js';
import { painted } from './output/output.js';

const EXIT_CODES = `
Exit codes:
  0  all is well
  1  something was found that somebody should look at
  2  command line, variables, a missing package or a file are wrong
  3  the store or the key store does not answer

The store is the one that the application's variables name (CACHE_PROVIDER, REDIS_URL, …).`;

const debug = debuglog('vitalcache');

/**
 * Runs the command line `argv` (without Node and script); resolves with the exit code, never rejects. Whatever goes wrong is
 * one line on stderr.
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  const commands = new CommandSet(io);
  try {
    await programOf(commands, io).parseAsync(argv, { from: 'user' });
    return commands.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { line, code } = explained(error);
    debug('%o', error);
    io.stderr.write(`${painted(io.stderr, 'red', 'vitalcache:')} ${line}\n`);
    return code;
  }
}

function programOf(commands: CommandSet, io: CliIo): Command {
  const program = new Command('vitalcache')
    .description('Looks after a Vitalcache: its store, its entries, its journal, its audit.')
    .version(io.version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand('help [command]', 'print how a command is used')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => io.stdout.hasColors?.() ?? false,
      getErrHasColors: () => io.stderr.hasColors?.() ?? false,
      outputError: (text, write) => write(`vitalcache: ${oneLine(text)}\n`),
    })
    .configureHelp({
      sortSubcommands: false,
      styleTitle: (title) => painted(io.stdout, 'bold', title),
    })
    .showHelpAfterError(false);
  const all = [
    ...[addDoctor, addAudit, addKeyring, addInspect, addJournal, addPatient, addPurge],
    addLint,
  ];
  for (const add of all) add(program, commands);
  return program;
}

/** `error: unknown command 'x'` and the name that may have been meant. */
function oneLine(text: string): string {
  const line = text
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
  return line.includes('--help') ? line : `${line}; vitalcache --help lists what there is`;
}
