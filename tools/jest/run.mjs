// node ../../tools/jest/run.mjs test|integration|faults [Jest's options], inside a project.
// Leaves Jest's JSON in .results/, so that totals can be told also when Nx replays a run.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { run } from 'jest';

const [target, ...options] = process.argv.slice(2);
const NEEDS_SERVER = '\\.int-spec\\.ts$';
// They mostly wait: a target of their own runs beside the other tests that need a server.
const FAULTS = '/test/faults/';
const FILES = {
  test: ['--testPathIgnorePatterns', NEEDS_SERVER],
  integration: ['--testPathPatterns', NEEDS_SERVER, '--testPathIgnorePatterns', FAULTS],
  faults: ['--testPathPatterns', FAULTS],
};

const results = `.results/${target}.json`;
mkdirSync('.results', { recursive: true });
await run(['--passWithNoTests', ...FILES[target], '--json', `--outputFile=${results}`, ...options]);
// For the page of what is supported: on which Node it was.
const found = JSON.parse(readFileSync(results, 'utf8'));
writeFileSync(results, JSON.stringify({ ...found, node: process.version }));

// Something is still open. Waiting might never end, and forcing an end in silence would hide the leak.
const GRACE_MS = 10_000;
setTimeout(() => {
  console.error(`Jest was done ${GRACE_MS / 1000} s ago, but a test left a handle open.`);
  process.exit(1);
}, GRACE_MS).unref();
