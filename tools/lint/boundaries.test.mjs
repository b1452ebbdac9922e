// The lint rules that keep the packages apart are seen to fail. Nothing is written: the offending
// text is linted under the name of a file that exists.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';

const root = fileURLToPath(new URL('../../', import.meta.url));
const eslint = new ESLint({ cwd: root });

// The boundary rule reads the graph that Nx has cached, and a fresh clone has none.
before(() => createProjectGraphAsync({ exitOnError: false }));

async function rulesBroken(filePath, text) {
  const [result] = await eslint.lintText(text, { filePath: `${root}${filePath}` });
  assert.equal(result.fatalErrorCount, 0, JSON.stringify(result.messages));
  return result.messages.map(({ ruleId }) => ruleId);
}

const CORE = 'packages/core/src/index.ts';
const NEST = 'packages/nest-integration/src/index.ts';

for (const [what, filePath, text, rule] of [
  [
    'core importing ioredis',
    CORE,
    "import { Redis } from 'ioredis';\nexport const client = Redis;\n",
    'no-restricted-imports',
  ],
  [
    'core importing ioredis for its types',
    CORE,
    "import type { Redis } from 'ioredis';\nexport type Client = Redis;\n",
    'no-restricted-imports',
  ],
  [
    'core importing ioredis dynamically',
    CORE,
    "export const client = () => import('ioredis');\n",
    'no-restricted-syntax',
  ],
  [
    'core importing the framework',
    CORE,
    "import { Injectable } from '@nestjs/common';\nexport const decorator = Injectable;\n",
    'no-restricted-imports',
  ],
  [
    'core importing a provider',
    CORE,
    "import * as memory from '@vitalcache/provider-memory';\nexport const all = memory;\n",
    '@nx/enforce-module-boundaries',
  ],
  [
    'nest-integration importing provider-redis',
    NEST,
    "import * as redis from '@vitalcache/provider-redis';\nexport const all = redis;\n",
    '@nx/enforce-module-boundaries',
  ],
  [
    'a file of another package by its path',
    NEST,
    "import * as core from '../../core/src/index.js';\nexport const all = core;\n",
    '@nx/enforce-module-boundaries',
  ],
  [
    'a floating promise',
    CORE,
    'export function go(): void {\n  Promise.resolve();\n}\n',
    '@typescript-eslint/no-floating-promises',
  ],
  ['any', CORE, 'export const value: any = 1;\n', '@typescript-eslint/no-explicit-any'],
  ['a default export', CORE, 'export default 1;\n', 'no-restricted-syntax'],
  ['a file of 301 lines', CORE, 'export {};\n'.repeat(301), 'max-lines'],
]) {
  test(`lint refuses ${what}`, async () => {
    const broken = await rulesBroken(filePath, text);
    assert.ok(broken.includes(rule), `expected ${rule}, got ${broken.join(', ') || 'nothing'}`);
  });
}

test('lint accepts what the layers allow', async () => {
  const text = [
    "import { Injectable } from '@nestjs/common';",
    "import * as core from '@vitalcache/core';",
    'export const all = [core, Injectable];',
    '',
  ].join('\n');
  assert.deepEqual(await rulesBroken(NEST, text), []);
});
