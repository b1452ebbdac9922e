import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { root } from '../bootstrap/process.mjs';
import { outdatedReport, reportOf } from './api-report.mjs';
import { strayFiles } from './contents.mjs';
import { wrongImports } from './emitted-imports.mjs';
import { wrongSizes } from './size-limits.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'package-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (path, text = '') => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
  return path;
};
const manifest = (more = {}) => ({
  name: '@vitalcache/a',
  exports: { '.': { import: { types: './dist/index.d.ts' } }, './package.json': './package.json' },
  ...more,
});

describe('what is packed', () => {
  const FILES = [
    'LICENSE',
    'README.md',
    'package.json',
    'dist/index.js',
    'dist/cjs/index.d.ts.map',
  ];

  test('is accepted with licence, README and a source for each file', () => {
    write('src/index.ts');
    assert.deepEqual(strayFiles(folder, FILES), []);
  });

  test('is refused without a licence, with tests, and with what a removed source left', () => {
    write('src/index.ts');
    const files = [...FILES.slice(1), 'src/index.spec.ts', 'dist/gone.js'];
    const problems = strayFiles(folder, files);
    assert.deepEqual(
      problems.map((problem) => problem.split(' ')[0]),
      ['LICENSE', 'src/index.spec.ts', 'dist/gone.js'],
    );
  });
});

describe('emitted imports', () => {
  const emitted = (code, types) => [write('dist/index.js', code), write('dist/index.d.ts', types)];

  test('are accepted as declared, from Node, and from the package itself', () => {
    const files = emitted("import 'node:fs';\nimport 'x/y';", "export { A } from '@scope/z';");
    const declared = { dependencies: { x: '1' }, peerDependencies: { '@scope/z': '1' } };
    assert.deepEqual(wrongImports(folder, manifest(declared), files), []);
  });

  test('are refused undeclared: in code, in types, in a type of an import', () => {
    const files = emitted("export const a = import('p');", "export type B = import('@s/q/r').B;");
    assert.deepEqual(wrongImports(folder, manifest(), files), [
      'dist/index.js imports p, which is not declared',
      'dist/index.d.ts imports @s/q, which is not declared',
    ]);
  });

  test('never to be found for a dependency are refused', () => {
    const problems = wrongImports(folder, manifest({ dependencies: { x: '1' } }), emitted('', ''));
    assert.deepEqual(problems, ['x is declared and never imported']);
  });

  test('of optional peers are refused in types that everybody loads', () => {
    write('dist/part.d.ts', "export type { P } from 'peer';");
    const files = emitted('', "export * from './part.js';");
    const peer = {
      peerDependencies: { peer: '1' },
      peerDependenciesMeta: { peer: { optional: true } },
    };
    assert.deepEqual(wrongImports(folder, manifest(peer), files), [
      'dist/part.d.ts: types need the optional peer peer',
    ]);
  });
});

describe('sizes', () => {
  const limits = { a: { packed: 100, unpacked: 1000 } };
  const sizes = (packed, unpacked) =>
    wrongSizes('a', { size: packed * 1024, unpackedSize: unpacked * 1024 }, limits);

  test('are accepted below their limits, and near them', () => {
    assert.deepEqual(sizes(100, 700), []);
  });

  test('are refused above, far below, and without a limit', () => {
    assert.match(sizes(101, 700)[0], /^101 KiB packed, above its limit/);
    assert.match(sizes(90, 600)[0], /^600 KiB unpacked: lower the limit/);
    assert.equal(wrongSizes('b', { size: 1, unpackedSize: 1 }, limits).length, 1);
  });
});

describe('the report of exports', () => {
  const TYPES = `import type { Other } from './other.js';
/** Told to users elsewhere. */
export declare class A {
  #private;
  private readonly hidden;
  readonly shown: Other;
}
export declare const b: number;
export { C as D } from './other.js';
`;

  test('holds names, members and types, and neither comments nor what is private', async () => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    write('dist/index.d.ts', TYPES);
    write('dist/other.d.ts', 'export interface Other {}\nexport type C = string;\n');
    const report = await reportOf(folder, manifest());
    for (const line of ['class A {', '  readonly shown: Other;', 'const b: number;', '// D is'])
      assert.ok(report.includes(`${line}\n`), line);
    assert.doesNotMatch(report, /hidden|#private|Told|interface Other/);
  });

  test('is outdated once the types say something else', async () => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    write('dist/index.d.ts', 'export declare const a: number;\n');
    write('api-report.md', await reportOf(folder, manifest()));
    assert.deepEqual(await outdatedReport(folder, manifest()), []);
    write('dist/index.d.ts', 'export declare const a: string;\n');
    assert.equal((await outdatedReport(folder, manifest())).length, 1);
  });
});
