import { spawn } from 'node:child_process';

import { provideChromium } from './chromium.mjs';
import { ensureInstalled } from './install.mjs';
import { bin, root, say } from './process.mjs';

const TESTS = ['apps/demo-clinic/test/e2e.int-spec.ts', 'apps/docs/test/site.int-spec.ts'];

/** Drives the demo and the documentation in a browser, from the sources. */
export async function e2e() {
  if (!(await ensureInstalled())) return void (process.exitCode = 1);
  await provideChromium();
  const child = spawn(process.execPath, [bin('jest'), '--runTestsByPath', ...TESTS], {
    cwd: root,
    stdio: 'inherit',
  });
  child.on('exit', (code) => {
    say('Screenshots, where it ran: apps/demo-clinic/.results/e2e, apps/docs/.results');
    process.exitCode = code ?? 1;
  });
}
