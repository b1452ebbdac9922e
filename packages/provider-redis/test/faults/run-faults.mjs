// node packages/provider-redis/test/faults/run-faults.mjs [--short] [words of tests' names]
// Runs the faults alone, each of them for about a minute and with more processes, and tells what was seen. Needs a build.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { runCLI } from 'jest';

const { values, positionals } = parseArgs({
  options: { short: { type: 'boolean', default: false } },
  allowPositionals: true,
});

process.env.VITALCACHE_FAULTS = values.short ? 'told' : 'long';
process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const { results } = await runCLI(
  {
    _: [],
    $0: 'test:faults',
    runInBand: true,
    verbose: true,
    testPathPatterns: ['test/faults/'],
    ...(positionals.length > 0 ? { testNamePattern: positionals.join(' ') } : {}),
  },
  [process.cwd()],
);
if (results.numPassedTests + results.numFailedTests === 0) {
  console.error(`No fault's name has "${positionals.join(' ')}" in it: nothing was run.`);
}
process.exitCode = results.success && results.numPassedTests > 0 ? 0 : 1;
