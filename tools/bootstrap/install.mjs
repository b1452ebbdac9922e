import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { npm, root, say, seconds } from './process.mjs';

const lockFile = join(root, 'package-lock.json');
const stampFile = join(root, 'node_modules/.install-stamp');
// npm writes this one last: a broken install has none.
const installedFile = join(root, 'node_modules/.package-lock.json');

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
const changedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const stamp = (lock) =>
  `${process.platform}-${process.arch} ${createHash('sha256').update(lock).digest('hex')}\n`;

function isCurrent(lock) {
  if (read(installedFile) === undefined) return false;
  const found = read(stampFile);
  if (found === stamp(lock)) return true;
  const samePlatform =
    found === undefined || found.startsWith(`${process.platform}-${process.arch} `);
  // `npm install` by hand leaves our stamp behind, but is newer than the lock file.
  return samePlatform && changedAt(installedFile) >= changedAt(lockFile);
}

function countPackages(lock) {
  const listed = (list, name) => list === undefined || list.includes(name);
  return Object.entries(JSON.parse(lock).packages).filter(
    ([path, { os, cpu, link }]) =>
      path.includes('node_modules/') &&
      !link &&
      listed(os, process.platform) &&
      listed(cpu, process.arch),
  ).length;
}

/** Installs exactly what the lock file says, unless that has been done. */
export async function ensureInstalled() {
  const lock = readFileSync(lockFile, 'utf8');
  if (isCurrent(lock)) {
    if (read(stampFile) !== stamp(lock)) writeFileSync(stampFile, stamp(lock));
    return true;
  }
  const started = performance.now();
  say(`Installing ${countPackages(lock)} packages with npm ci (about a minute, once)`);
  const { code, output } = await npm(['ci', '--include=dev', '--loglevel=error', '--no-progress']);
  if (code !== 0) {
    console.error(output);
    console.error('npm ci failed; the reason is above.');
    return false;
  }
  writeFileSync(stampFile, stamp(lock));
  say(`Installed in ${seconds(started)}`);
  return true;
}
