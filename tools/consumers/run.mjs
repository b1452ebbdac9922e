// node tools/consumers/run.mjs [--update] [name ...]
// Installs every application of fixtures/ from packed tarballs, in a folder of its own, and runs its tests. Needs
// `nx run-many -t pack`. `--update` takes newer packages of others, and notes what is installed now.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startStore } from '@vitalcache/testing';

import { root } from '../bootstrap/process.mjs';
import { Consumer } from './consumer.mjs';
import { differsFrom, readInstalls, sizesOf, writeInstalls } from './installs.mjs';

const AT_ONCE = 2;
const fixtures = join(root, 'fixtures');
const args = process.argv.slice(2);
const isUpdate = args.includes('--update');
const wanted = args.filter((argument) => !argument.startsWith('--'));
const { names: all, noted } = readInstalls(root);
const names = all.filter((name) => wanted.length === 0 || wanted.includes(name));
if (names.length < wanted.length) {
  console.error(`Not all of ${wanted.join(', ')} are in fixtures/; there are: ${all.join(', ')}`);
  process.exit(1);
}

function copyTarballs(place) {
  mkdirSync(join(place, 'tarballs'));
  for (const name of readdirSync(join(root, 'packages'))) {
    const packed = join(root, 'packages', name, '.results/package.tgz');
    copyFileSync(packed, join(place, 'tarballs', `vitalcache-${name}.tgz`));
  }
}

async function runConsumer(name, place, env) {
  const started = performance.now();
  const consumer = new Consumer(name, place);
  const { failure, unreached, installed, drift } = await consumer.install();
  if (unreached && !process.env.CI) {
    return { name, passed: 0, failed: 0, skipped: ['(skipped: the npm registry is not reached)'] };
  }
  if (!installed) {
    const output = failure ?? 'the npm registry is not reached';
    return { name, passed: 0, failed: 1, skipped: [], output };
  }
  if (isUpdate) consumer.saveLock();
  const sizes = sizesOf(installed);
  const problems = isUpdate ? [] : [...drift, ...differsFrom(noted, name, sizes)];
  const result = await consumer.test(env);
  const again = `npm run consumers -- --update, and look at what changed`;
  if (problems.length > 0) {
    result.output += `\nNot as noted: ${problems.join('; ')}. ${again}\n`;
    result.failed += 1;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return { name, ...result, installed, sizes, seconds };
}

/** One line of what it is, then what it pulls in. */
function linesOf({ name, passed, failed, skipped, installed = [], sizes, seconds }) {
  const mark = failed > 0 ? '✖' : '✔';
  const counts = `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
  if (!sizes) return [`${mark} ${name}: ${counts}`];
  const kib = (bytes) => Math.round(bytes / 1024).toLocaleString('en');
  const { ours, others, native } = sizes;
  const parts = [
    `${kib(ours)} KiB of Vitalcache`,
    `${kib(others)} KiB of others`,
    `${kib(native)} KiB native`,
  ];
  const packages = installed.map(({ name: one, version }) => `${one}@${version}`);
  return [
    `${mark} ${name}: ${counts}; ${packages.length} packages: ${parts.join(', ')} (${seconds} s)`,
    `    ${packages.join(' ')}`,
  ];
}

async function runAll(place, env) {
  const queue = [...names];
  const results = [];
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const result = await runConsumer(name, place, env);
      if (result.failed > 0) console.log(result.output);
      for (const line of linesOf(result)) console.log(line);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** As Jest's, for what adds them up. */
function saveResults(results) {
  const sum = (field) => results.reduce((total, result) => total + result[field], 0);
  mkdirSync(join(fixtures, '.results'), { recursive: true });
  const json = {
    numPassedTests: sum('passed'),
    numFailedTests: sum('failed'),
    numRuntimeErrorTestSuites: 0,
    testResults: results.map(({ name, failed, skipped }) => ({
      name: join(fixtures, name),
      assertionResults: [
        ...skipped.map((fullName) => ({ status: 'pending', fullName })),
        ...(failed > 0 ? [{ status: 'failed', fullName: 'said above what is wrong' }] : []),
      ],
    })),
    lines: results.flatMap((result) => linesOf(result).slice(0, 1)),
  };
  writeFileSync(join(fixtures, '.results/consume.json'), JSON.stringify(json));
  if (json.numFailedTests > 0) process.exitCode = 1;
}

const place = mkdtempSync(join(tmpdir(), 'vitalcache-consumers-'));
const store = await startStore('redis').catch((error) => {
  console.log(String(error));
  return null;
});
try {
  copyTarballs(place);
  const results = await runAll(place, { VITALCACHE_TEST_REDIS_URL: store?.url });
  saveResults(results);
  if (isUpdate) writeInstalls(root, results);
} finally {
  await store?.stop();
  rmSync(place, { recursive: true, force: true });
}
