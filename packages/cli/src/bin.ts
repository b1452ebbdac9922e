#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';

import { runCli } from './cli.js';

const stopping = new AbortController();
const stop = (): void => stopping.abort();
/** Taken from Node when a command asks for it: those that don't are ended by a signal as any process is. */
let isHeeded = false;
// A reader that has seen enough, such as `head`, is no error; the command ends as it would have ended.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  stop();
});

const load = createRequire(realpathSync(process.argv[1] ?? '.'));
const manifest = load('@vitalcache/cli/package.json') as { readonly version: string };

void runCli(process.argv.slice(2), {
  version: manifest.version,
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  execArgv: process.execArgv,
  get signal() {
    if (!isHeeded) for (const name of ['SIGINT', 'SIGTERM']) process.once(name, stop);
    isHeeded = true;
    return stopping.signal;
  },
}).then((code) => {
  process.exitCode = code;
});
