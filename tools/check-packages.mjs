// Packs every package as it would be published and inspects the tarball. Needs a build.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { bin, npm, root, run } from './bootstrap/process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'pack-'));

async function inspect(name) {
  const workspace = `packages/${name}`;
  const packed = await npm(['pack', '--silent', '--pack-destination', folder, '-w', workspace]);
  if (packed.code !== 0) return [packed];
  const { version } = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8'));
  const tarball = join(folder, `vitalcache-${name}-${version}.tgz`);
  return [
    await run(process.execPath, [bin('publint'), 'run', tarball, '--strict']),
    await run(process.execPath, [
      bin('@arethetypeswrong/cli', 'attw'),
      tarball,
      '--profile=strict',
    ]),
  ];
}

try {
  for (const name of readdirSync(join(root, 'packages'))) {
    const bad = (await inspect(name)).filter(({ code }) => code !== 0);
    console.log(`${bad.length > 0 ? '✖' : '✔'} ${name}`);
    for (const { output } of bad) console.log(output);
    if (bad.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
