import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Command, InvalidArgumentError } from 'commander';

import { resultsWith } from './report/results.page.js';
import { readRun } from './results/run-files.js';
import { measuredInputs } from './sizing/measured-inputs.js';
import { guideWith, measuredRows, sizingRows } from './sizing/scale-guide.js';
import { adviceFor, sizeFor, TEN_MILLION, type Workload } from './sizing/sizing.calculator.js';

const DOCS = new URL('../../../docs/', import.meta.url);
const RUN = fileURLToPath(new URL('benchmark.json', DOCS));

const program = new Command('sizing')
  .description('What an application takes, from what a run of the benchmark measured.')
  .option('--run <file>', 'the JSON of a run', RUN)
  .option('--write', 'writes the tables of docs/scale.md and docs/results.md');
for (const [name, value] of Object.entries(TEN_MILLION)) {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  program.option(`--${flag} <number>`, '', positive, value as number);
}
const {
  run: file,
  write,
  ...work
} = program.parse().opts<Workload & { run: string; write?: boolean }>();

try {
  const run = readRun(file);
  if (write) {
    for (const [name, pageOf] of [
      ['scale.md', guideWith] as const,
      ['results.md', resultsWith] as const,
    ]) {
      const page = fileURLToPath(new URL(name, DOCS));
      writeFileSync(page, pageOf(readFileSync(page, 'utf8'), run));
    }
  }
  const measured = measuredInputs(run);
  const sizing = sizeFor(work, measured);
  for (const [name, value] of [...measuredRows(measured), ...sizingRows(sizing)]) {
    console.log(`${name.padEnd(68)}${value}`);
  }
  console.log(`\n${adviceFor(sizing)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}
