// `npm run mutations [-- word…]`: takes each mechanism of mutations.mjs away, one at a time, runs the suites that guard
// it, and writes docs/mutations.md. Ends with 1 if a mechanism is missed by nobody.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { MUTATIONS } from './mutations.mjs';

const REPORT = 'docs/mutations.md';
const wanted = process.argv.slice(2);
const chosen = MUTATIONS.filter(
  ({ mechanism }) => wanted.length === 0 || wanted.some((word) => mechanism.includes(word)),
);
if (chosen.length === 0) {
  console.error(`No mechanism is called ${wanted.join(' or ')}.`);
  process.exit(1);
}

function progress(done, text) {
  const width = 24;
  const filled = Math.round((done / chosen.length) * width);
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${bar} ${done}/${chosen.length} ${text}`);
  else console.error(`${done}/${chosen.length} ${text}`);
}

/** Names of the tests that fail; `null`: none ran. */
async function failures({ file, find, replace, suites }) {
  const folder = await mkdtemp(join(tmpdir(), 'mutation-'));
  const output = join(folder, 'result.json');
  const args = ['jest', '--config', 'tools/mutations/jest.config.mjs', '--json', '--bail=1'];
  const child = spawn('npx', [...args, `--outputFile=${output}`, ...suites], {
    stdio: 'ignore',
    env: { ...process.env, VITALCACHE_MUTATION: JSON.stringify({ file, find, replace }) },
  });
  await new Promise((resolve) => child.once('exit', resolve));
  try {
    const { testResults, numTotalTests } = JSON.parse(await readFile(output, 'utf8'));
    if (numTotalTests === 0) return null;
    return testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName }) => ({ file: relative(process.cwd(), name), fullName })),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function row({ mechanism, without }, found) {
  const [first] = found ?? [];
  const named = first ? `\`${first.file}\`: ${first.fullName}` : '**nothing**';
  return `| ${mechanism} | ${without} | ${named.replaceAll('|', '\\|')} |`;
}

const rows = [];
const missed = [];
for (const [index, mutation] of chosen.entries()) {
  progress(index, mutation.mechanism);
  const found = await failures(mutation);
  if (!found || found.length === 0) missed.push(mutation.mechanism);
  rows.push(row(mutation, found));
}
progress(chosen.length, '\n');

const HEAD = `# What goes red without it

Each mechanism that keeps a promise, and the first test that fails when it is taken away. Made by \`npm run mutations\`, which
takes them away one at a time and runs the suites; nothing on this page was written by hand.

| mechanism | taken away | what goes red |
| --- | --- | --- |
`;

/** Rows of the page as it stands, for the mechanisms that were not asked for. */
async function knownRows() {
  const page = await readFile(REPORT, 'utf8').catch(() => '');
  const names = new Set(MUTATIONS.map(({ mechanism }) => mechanism));
  return new Map(
    page
      .split('\n')
      .map((line) => [line.split(' | ')[0].replace(/^\| /, '').trim(), line])
      .filter(([name]) => names.has(name)),
  );
}

const known = await knownRows();
chosen.forEach(({ mechanism }, index) => known.set(mechanism, rows[index]));
const table = MUTATIONS.flatMap(({ mechanism }) => known.get(mechanism) ?? []);
const options = await resolveConfig(REPORT);
await mkdir('docs', { recursive: true });
await writeFile(REPORT, await format(HEAD + table.join('\n'), { ...options, parser: 'markdown' }));
console.log(`${rows.length - missed.length} of ${rows.length} were noticed; see ${REPORT}.`);
for (const mechanism of missed) console.error(`No test misses: ${mechanism}`);
process.exitCode = missed.length > 0 ? 1 : 0;
