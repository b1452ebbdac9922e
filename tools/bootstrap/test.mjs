import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run as runNodeTests } from 'node:test';

import { ensureInstalled } from './install.mjs';
import { bin, nx, root, run, say, seconds } from './process.mjs';
import { forgetResults, linesOfSkipped, projectFolders, readResults } from './results.mjs';
import { provideRedis } from './stores.mjs';

const fromExit = ({ code, output }) =>
  code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, output };

const runMany = (target, projects, options = []) =>
  nx([
    'run-many',
    `--targets=${target}`,
    '--outputStyle=static',
    ...options,
    ...(projects ? [`--projects=${projects}`] : []),
  ]);

async function jest(targets, projects, options) {
  forgetResults(targets);
  const { code, output } = await runMany(targets.join(), projects, options);
  const result = readResults(targets);
  // Jest may die before it writes anything: that must not read as "nothing failed".
  const failed = code === 0 ? result.failed : Math.max(result.failed, 1);
  return { ...result, failed, output: failed > 0 ? output : undefined };
}

async function lint(projects) {
  const steps = [await runMany('lint', projects)];
  if (!projects) {
    const eslint = [bin('eslint'), 'tools', 'fixtures', '*.mjs', '--max-warnings', '0'];
    steps.push(await run(process.execPath, eslint));
    steps.push(await run(process.execPath, [bin('prettier'), '--check', '--log-level=warn', '.']));
    steps.push(await run(process.execPath, [bin('knip'), '--no-progress']));
  }
  const bad = steps.filter(({ code }) => code !== 0);
  return fromExit({ code: bad.length, output: bad.map(({ output }) => output).join('\n') });
}

async function toolTests() {
  const files = readdirSync(join(root, 'tools'), { recursive: true })
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => join(root, 'tools', name));
  const result = { passed: 0, failed: 0, failures: [], skipped: [], output: '' };
  for await (const { type, data } of runNodeTests({ files, concurrency: 2 })) {
    if (type === 'test:stdout' || type === 'test:stderr') result.output += data.message;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // A file and a `describe` report too: only what has nothing below it is a test.
    const isGroup = data.details.type === 'suite' || files.includes(data.name);
    if (type === 'test:fail') {
      const { error } = data.details;
      result.output += `✖ ${data.name}\n${error?.cause?.stack ?? error?.message ?? ''}\n`;
      if (!isGroup || error?.failureType === 'testCodeFailure') {
        result.failed += 1;
        result.failures.push(`tools › ${data.name}`);
      }
    } else if (data.skip !== undefined || data.todo !== undefined) {
      result.skipped.push(`tools › ${data.name}`);
    } else if (!isGroup) {
      result.passed += 1;
    }
  }
  return result;
}

const checks = async () => fromExit(await run(process.execPath, [join(root, 'tools/check.mjs')]));

async function report(name, gate) {
  const started = performance.now();
  const { passed, failed, failures = [], skipped = [], output, lines = [] } = await gate();
  if (failed > 0 && output) console.log(output.trimEnd());
  const counts = `${passed} passed, ${failed} failed${skipped.length ? `, ${skipped.length} skipped` : ''}`;
  const line = `${failed > 0 ? '✖' : '✔'} ${name.padEnd(18)} ${counts} (${seconds(started)})`;
  console.log([line, ...lines.map((more) => `  ${more}`)].join('\n'));
  return { passed, failed, failures, skipped, line };
}

/** Full names of the projects that are meant, as Nx wants them; undefined if one is unknown. */
function resolveProjects(names) {
  const known = projectFolders().map((folder) => [
    basename(folder),
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name,
  ]);
  const found = names.map((name) => known.find((project) => project.includes(name))?.[1]);
  const missing = names.filter((_, index) => found[index] === undefined);
  if (missing.length === 0) return found.join(',');
  const all = known.map(([folder]) => folder).join(', ');
  console.error(`No project is called ${missing.join(', ')}. There are: ${all}`);
  return undefined;
}

/** Every gate of the project; `names` limits it to some projects, as in `npm test -- core`. */
export async function test(names) {
  const projects = resolveProjects(names);
  if (projects === undefined || !(await ensureInstalled())) return void (process.exitCode = 1);
  const redis = await provideRedis();

  const gates = [
    ['build', async () => fromExit(await runMany('build', projects))],
    ['lint', () => lint(projects)],
    ['typecheck', async () => fromExit(await runMany('typecheck', projects))],
    ['unit tests', () => jest(['test'], projects)],
    // They wait more than they work.
    ['integration tests', () => jest(['faults', 'integration'], projects, ['--parallel=3'])],
  ];
  gates.push(['packages', async () => fromExit(await runMany('pack', projects))]);
  if (!projects) {
    gates.push(['consumers', () => jest(['consume'])]);
    gates.push(['checks', checks], ['tests of the tools', toolTests]);
  }
  if (!redis && process.env.CI) {
    gates.unshift(['a Redis to test on', async () => ({ passed: 0, failed: 1 })]);
  }

  say(`Running ${gates.map(([name]) => name).join(', ')}`);
  const reports = [];
  for (const [name, gate] of gates) reports.push(await report(name, gate));

  const sum = (field) => reports.reduce((total, result) => total + result[field], 0);
  const [failures, skipped] = ['failures', 'skipped'].map((field) =>
    reports.flatMap((result) => result[field]),
  );
  console.log(`\nSummary\n${reports.map(({ line }) => line).join('\n')}`);
  if (skipped.length > 0) {
    const lines = linesOfSkipped(skipped).map((line) => `  ${line}`);
    console.log(`Skipped:\n${lines.join('\n')}`);
  }
  if (failures.length > 0) {
    console.log(`Failed:\n${failures.map((line) => `  ${line}`).join('\n')}`);
  }
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}
