// node packages/provider-redis/test/faults/run-faults.mjs [--short] [words of tests' names]
// Runs the faults alone, each of them for about a minute and with more processes, and tells what was seen. Needs a build.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { run } from 'jest';

const { values, positionals } = parseArgs({
  options: { short: { type: 'boolean', default: false } },
  allowPositionals: true,
});

process.env.VITALCACHE_FAULTS = values.short ? 'told' : 'long';
process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
await run([
  '--runInBand',
  '--verbose',
  '--testPathPatterns',
  'test/faults/',
  ...(positionals.length > 0 ? ['--testNamePattern', positionals.join(' ')] : []),
]);
