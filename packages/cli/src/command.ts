import type { Environment } from '@vitalcache/core';
import type { Command } from 'commander';

import type { ExitCode } from './exit-code.js';
import type { CliIo } from './output/cli-io.js';
import { Output } from './output/output.js';
import { readConfiguration, type Configuration } from './setup/configuration.js';
import { environmentOf } from './setup/environment.js';

/** What a command works with. */
export interface CommandRun<O> {
  readonly io: CliIo;
  readonly options: O & CommonOptions;
  readonly output: Output;
  readonly env: Environment;
  /** What the variables say; read when it is asked for. */
  configuration(): Configuration;
}

interface CommonOptions {
  readonly json?: boolean;
  readonly env?: string;
  readonly namespace?: string;
}

/** Does a command; resolves with what the process ends with. */
export type CommandAction<O> = (run: CommandRun<O>, ...args: string[]) => Promise<ExitCode>;

/** Takes the commands' results; the options that all of them have are added. */
export class CommandSet {
  readonly #io: CliIo;
  exitCode: ExitCode = 0;

  constructor(io: CliIo) {
    this.#io = io;
  }

  /** Adds a command. @param usage its name and arguments, as Commander reads them */
  add<O = object>(
    parent: Command,
    usage: string,
    description: string,
    action: CommandAction<O>,
    configure: (command: Command) => Command = (command) => command,
  ): Command {
    const command = parent
      .command(usage)
      .description(description)
      .option('--json', 'print one JSON document, for machines');
    return configure(command).action(async (...given: unknown[]) => {
      const args = given.slice(0, -2).flat() as string[];
      this.exitCode = await action(this.#run(command.opts<O & CommonOptions>()), ...args);
    });
  }

  #run<O>(options: O & CommonOptions): CommandRun<O> {
    const io = this.#io;
    const env = environmentOf(io, options.env);
    return {
      io,
      options,
      env,
      output: new Output(io, options.json === true),
      configuration: () => readConfiguration(io, env, options.namespace),
    };
  }
}

/** Adds the options of commands that read the application's variables. */
export function configured(command: Command): Command {
  return command
    .option('--env <file>', 'read variables from a file; those of the process come first')
    .option('--namespace <name>', 'namespace of the cache, instead of CACHE_NAMESPACE');
}
