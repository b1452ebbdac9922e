// node packages/testing/test/fleet/run-model.mjs [--long] [--runs <n>] [--seed <n>]
// Runs the fleet model alone. --long: 500 000 schedules from a seed of its own, which is printed.
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { run } from 'jest';

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    runs: { type: 'string' },
    seed: { type: 'string' },
  },
});
const runs = values.runs ?? (values.long ? '500000' : '20000');
const seed = values.seed ?? String(values.long ? randomInt(2 ** 31) : 20_260_101);
for (const [name, value] of Object.entries({ runs, seed })) {
  if (!/^\d{1,10}$/.test(value)) {
    console.error(`--${name} is ${value}; accepted: a whole number.`);
    process.exit(1);
  }
}

process.env.VITALCACHE_MODEL_RUNS = runs;
process.env.VITALCACHE_MODEL_SEED = seed;
console.error(`${runs} schedules from seed ${seed}; again with --runs ${runs} --seed ${seed}`);
process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
await run([
  '--runInBand',
  '--verbose',
  '--testPathPatterns',
  'fleet/fleet-(with-l1|without-l1|calm)\\.spec\\.ts$',
]);
