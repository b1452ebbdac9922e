// node ../../tools/packages/pack.mjs, inside a package that was built.
// Packs it as it would be published, into .results/package.tgz, and inspects what was packed.
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';

import { npm, root } from '../bootstrap/process.mjs';
import { outdatedReport } from './api-report.mjs';
import { strayFiles } from './contents.mjs';
import { wrongImports } from './emitted-imports.mjs';
import { wrongSizes } from './size-limits.mjs';
import { lintTarball } from './tarball-lint.mjs';

const name = basename(process.cwd());
const folder = join(root, 'packages', name);
const results = join(folder, '.results');

mkdirSync(results, { recursive: true });
const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', results];
const { code, output } = await npm([...args, '-w', `packages/${name}`]);
if (code !== 0) throw new Error(`npm pack failed:\n${output}`);
const packed = Object.values(JSON.parse(output.slice(output.search(/^[[{]/m))))[0];
const tarball = join(results, 'package.tgz');
renameSync(join(results, packed.filename), tarball);

const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const files = packed.files.map(({ path }) => path);
const problems = [
  ...(await lintTarball(readFileSync(tarball))),
  ...strayFiles(folder, files),
  ...wrongImports(folder, manifest, files),
  ...wrongSizes(name, packed),
  ...(await outdatedReport(folder, manifest)),
];
const kib = (bytes) => `${Math.round(bytes / 1024)} KiB`;
const sizes = `${kib(packed.size)} packed, ${kib(packed.unpackedSize)} unpacked`;
console.log(`${problems.length > 0 ? '✖' : '✔'} ${manifest.name}: ${sizes}, ${files.length} files`);
for (const problem of problems) console.log(`  ${problem}`);
if (problems.length > 0) process.exitCode = 1;
