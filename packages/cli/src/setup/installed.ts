import { createRequire } from 'node:module';
import { join } from 'node:path';

import { CliError } from '../cli.error.js';

/**
 * Loads a package that is installed only where it is needed: as the project in `folder` has it, else as this one has.
 * @throws CliError with the npm command where there is none, or with the reason why it can't be loaded
 */
export async function loadInstalled<T>(name: string, folder: string, why: string): Promise<T> {
  const places = [
    async () => createRequire(join(folder, 'package.json'))(name) as unknown,
    () => import(name) as Promise<unknown>,
  ];
  for (const load of places) {
    try {
      return (await load()) as T;
    } catch (error) {
      if (!isMissing(name, error)) throw broken(name, error);
    }
  }
  throw new CliError(`${name} is not installed, and ${why}. Run: npm install ${name}`);
}

/** Whether the package itself is missing, not one that it needs. */
function isMissing(name: string, error: unknown): boolean {
  const { code, message = '' } = error as NodeJS.ErrnoException;
  const isNotFound = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return isNotFound && [`'${name}'`, `"${name}"`].some((quoted) => message.includes(quoted));
}

function broken(name: string, error: unknown): CliError {
  const [line = ''] = String((error as Error | undefined)?.message ?? error).split('\n');
  return new CliError(`${name} is installed but can't be loaded: ${line}`);
}
