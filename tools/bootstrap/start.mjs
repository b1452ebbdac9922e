import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

import { ensureInstalled } from './install.mjs';
import { nx, root, say } from './process.mjs';

const ENTRY = 'apps/demo-clinic/dist/main.js';

/** Installs, builds the demo and what it needs, and becomes the demo. */
export async function start() {
  if (!(await ensureInstalled())) return void (process.exitCode = 1);

  say('Building the demo and its packages (only what changed)');
  const build = await nx(['build', 'demo-clinic', '--outputStyle=static']);
  if (build.code !== 0) {
    console.error(build.output);
    console.error('The build failed; the reason is above.');
    return void (process.exitCode = 1);
  }

  const child = spawn(process.execPath, [join(root, ENTRY)], {
    cwd: root,
    stdio: 'inherit',
  });
  const seen = new Set();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal gives Ctrl-C to the child as well, and npm repeats what it receives.
      if (seen.has(signal) || (signal === 'SIGINT' && process.stdin.isTTY)) return;
      seen.add(signal);
      child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`The demo did not start: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + constants.signals[signal]);
  });
}
