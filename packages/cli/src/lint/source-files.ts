import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { CliError } from '../cli.error.js';

const SOURCE = /\.(?:[cm]?ts|tsx|[cm]?js|jsx)$/;
const NO_SOURCE = /\.d\.[cm]?ts$|\.(?:spec|test|int-spec|e2e-spec)\.[cm]?[jt]sx?$/;
const NO_FOLDER = new Set([
  'node_modules',
  'dist',
  'build',
  'coverage',
  'test',
  'tests',
  '__tests__',
]);

/**
 * Source files in and below `path`, or the file itself; no tests, nothing that was built.
 * @throws CliError if there is no such path
 */
export async function sourceFiles(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new CliError(`There is no ${path}; give folders or files of source code`);
  return found.isDirectory() ? filesBelow(path) : [path];
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const found = await Promise.all(
    sorted.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return NO_FOLDER.has(entry.name) || entry.name.startsWith('.') ? [] : filesBelow(path);
      }
      return entry.isFile() && SOURCE.test(path) && !NO_SOURCE.test(path) ? [path] : [];
    }),
  );
  return found.flat();
}
