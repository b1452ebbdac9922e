import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { bin, root } from '../bootstrap/process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'release-version-'));
after(() => rmSync(folder, { recursive: true }));

const packages = readdirSync(join(root, 'packages'));
const read = (path) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
const git = (...args) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
    cwd: folder,
  });

/** What `changeset version` makes of the packages as they are and of one changeset. */
function versionsAfter(changeset) {
  rmSync(folder, { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  cpSync(join(root, '.changeset/config.json'), join(folder, '.changeset/config.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const path of ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}/package.json`),
  )) {
    cpSync(join(root, path), join(folder, path));
  }
  writeFileSync(join(folder, '.changeset/one.md'), changeset);
  writeFileSync(join(folder, '.gitignore'), 'node_modules\n');
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'a change');
  execFileSync(process.execPath, [bin('@changesets/cli', 'changeset'), 'version'], { cwd: folder });
  return packages.map((name) => read(`packages/${name}/package.json`));
}

const nextMinor = (version) =>
  version.replace(/(\d+)\.\d+$/, (_, minor) => `${Number(minor) + 1}.0`);

test('a minor change of core is a minor version of all packages, not 1.0.0', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8'));
  const manifests = versionsAfter(`---\n'@vitalcache/core': minor\n---\n\nSomething new.\n`);
  assert.deepEqual([...new Set(manifests.map((one) => one.version))], [nextMinor(version)]);
  assert.match(readFileSync(join(folder, 'packages/core/CHANGELOG.md'), 'utf8'), /Something new\./);
});

test('a patch leaves the ranges between the packages as they are', () => {
  const rangesOf = ({ peerDependencies = {}, dependencies = {} }) =>
    Object.entries({ ...peerDependencies, ...dependencies }).filter(([name]) =>
      name.startsWith('@vitalcache/'),
    );
  const before = packages.map((name) =>
    JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')),
  );
  const after = versionsAfter(`---\n'@vitalcache/core': patch\n---\n\nMended.\n`);
  assert.deepEqual(after.map(rangesOf), before.map(rangesOf));
});
