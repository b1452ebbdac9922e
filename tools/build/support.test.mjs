import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { merge, readSupport, testsOf } from './support-results.mjs';

const result = (file, suite, status = 'passed') => ({
  name: `/x/${file}`,
  assertionResults: [{ status, ancestorTitles: [suite], title: 'works' }],
});

test('support: counts what passed, by its version, says why nothing ran, and takes nothing that failed', async () => {
  const root = mkdtempSync(join(tmpdir(), 'support-'));
  const folder = join(root, 'provider-redis');
  mkdirSync(join(folder, '.results'), { recursive: true });
  const testResults = [
    result('redis-contract.int-spec.ts', 'one Redis'),
    result('redis-contract.int-spec.ts', 'one Redis', 'pending'),
    result(
      'redis-contract.int-spec.ts',
      'one Valkey (skipped: no Valkey: start Docker)',
      'pending',
    ),
    result('redis-contract.int-spec.ts', 'Redis Cluster'),
    result('redis-contract.int-spec.ts', 'Redis Cluster', 'failed'),
  ];
  writeFileSync(
    join(folder, '.results/integration.json'),
    JSON.stringify({ testResults, node: 'v20.1.2' }),
  );
  const { runs, missing, failing } = await readSupport({
    tests: testsOf([folder, join(root, 'no-results')]),
    fixtures: new Map([['nest-11-commonjs', 13]]),
    versionOf: async ({ version }) => `version of ${[version].flat()[0]}`,
    date: '2026-01-02',
  });
  rmSync(root, { recursive: true });
  assert.deepEqual(
    runs.map(({ what, version, passed }) => [what, version, passed]),
    [
      ['NestJS 11, CommonJS application', 'version of @nestjs/core', 13],
      ['Redis, one server', 'version of redis', 1],
    ],
  );
  assert.deepEqual(missing, [{ what: 'Valkey', why: 'no Valkey: start Docker' }]);
  assert.deepEqual(failing, ['Node.js', 'ioredis', 'Redis, Cluster']);
});

test('support: keeps what ran before on other versions, newest first', () => {
  const run = (version, passed) => ({ what: 'Node.js', version, passed, date: '2026-01-02' });
  const before = { runs: [run('9.1.0', 1), run('20.1.0', 2)], missing: [{ what: 'x', why: 'y' }] };
  const { runs, missing } = merge(before, {
    runs: [run('20.1.0', 3), run('24.0.0', 4)],
    missing: [],
  });
  assert.deepEqual(
    runs.map(({ version, passed }) => [version, passed]),
    [
      ['24.0.0', 4],
      ['20.1.0', 3],
      ['9.1.0', 1],
    ],
  );
  assert.deepEqual(missing, []);
});
