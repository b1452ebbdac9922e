import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';

import { root } from './process.mjs';
import { satisfies } from './require-node.mjs';
import { linesOfSkipped, readResults } from './results.mjs';

const RANGE = '^20.19.0 || >=22.12.0';

for (const [version, expected] of [
  ['v12.22.0', false],
  ['v20.18.9', false],
  ['v20.19.0', true],
  ['v20.20.2', true],
  ['v21.7.0', false],
  ['v22.11.0', false],
  ['v22.12.0', true],
  ['v26.0.0-nightly', true],
]) {
  test(`Node ${version} is ${expected ? 'accepted' : 'refused'}`, () => {
    assert.equal(satisfies(version, RANGE), expected);
  });
}

for (const entry of ['start', 'test']) {
  test(`npm ${entry} on an outdated Node names both versions and does nothing else`, () => {
    const program = `
      Object.defineProperty(process, 'version', { value: 'v18.20.0' });
      await import('./tools/${entry}.mjs');`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { cwd: root, encoding: 'utf8' },
    );
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^Vitalcache needs Node\.js \^20\.19\.0.+ this is v18\.20\.0\..+\n$/);
  });
}

test('npm run docs with an option that it has not names those that it has and builds nothing', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['tools/docs.mjs', '--quick', '--nonsense'],
    { cwd: root, encoding: 'utf8' },
  );
  assert.deepEqual([status, stdout], [1, '']);
  assert.equal(stderr, 'npm run docs knows no --nonsense; accepted: --quick, --serve\n');
});

test('results: what was skipped for one reason is one line', () => {
  const reason = 'no Valkey: start Docker, or put it on the PATH';
  const names = ['gives', 'takes'].map(
    (what) => `p/a.spec.ts › Valkey (skipped: ${reason}) ${what}`,
  );
  assert.deepEqual(linesOfSkipped([...names, 'p/b.spec.ts › B waits']), [
    `p/a.spec.ts › Valkey (skipped: ${reason}), 2 tests`,
    'p/b.spec.ts › B waits',
  ]);
});

test('results: adds projects up, counts a broken file as a failure and names what failed or did not run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'results-'));
  try {
    mkdirSync(join(folder, '.results'));
    const report = {
      numPassedTests: 2,
      numFailedTests: 1,
      numRuntimeErrorTestSuites: 1,
      testResults: [
        {
          name: join(folder, 'test/a.spec.ts'),
          assertionResults: [
            { status: 'passed', fullName: 'A works' },
            { status: 'failed', fullName: 'A lies' },
            { status: 'pending', fullName: 'A waits' },
            { status: 'todo', fullName: 'A will' },
          ],
        },
        { name: join(folder, 'test/b.spec.ts'), status: 'failed', assertionResults: [] },
      ],
    };
    writeFileSync(join(folder, '.results/test.json'), JSON.stringify(report));
    assert.deepEqual(readResults(['test'], [folder, join(folder, 'none')]), {
      passed: 2,
      failed: 2,
      failures: ['a.spec.ts › A lies', 'b.spec.ts'].map(
        (what) => `${basename(folder)}/test/${what}`,
      ),
      skipped: ['waits', 'will'].map((what) => `${basename(folder)}/test/a.spec.ts › A ${what}`),
      lines: [],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
