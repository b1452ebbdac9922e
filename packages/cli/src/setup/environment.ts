import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';

import type { Environment } from '@vitalcache/core';

import { CliError } from '../cli.error.js';
import type { CliIo } from '../output/cli-io.js';

/**
 * The variables that the command reads: those of its process, which come before those of a file, as with `node --env`.
 * @throws CliError for a file that can't be read
 */
export function environmentOf({ env, cwd }: CliIo, file: string | undefined): Environment {
  if (file === undefined) return env;
  try {
    return { ...parseEnv(readFileSync(resolve(cwd, file), 'utf8')), ...env };
  } catch {
    throw new CliError(`--env ${file} can't be read; give the path of a file of NAME=value lines`);
  }
}
