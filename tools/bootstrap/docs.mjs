import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { ensureInstalled } from './install.mjs';
import { root } from './process.mjs';

const BUILD = 'apps/docs/build/build-site.mjs';
const OPTIONS = ['--quick', '--serve'];

/** Builds the documentation into static files; `--serve` shows them, `--quick` leaves the API reference out. */
export async function docs(options) {
  const unknown = options.filter((option) => !OPTIONS.includes(option));
  if (unknown.length > 0) {
    console.error(`npm run docs knows no ${unknown.join(', ')}; accepted: ${OPTIONS.join(', ')}`);
    return void (process.exitCode = 1);
  }
  if (!(await ensureInstalled())) return void (process.exitCode = 1);
  const child = spawn(process.execPath, [join(root, BUILD), ...options], {
    cwd: root,
    stdio: 'inherit',
  });
  child.on('exit', (code) => (process.exitCode = code ?? 1));
}
