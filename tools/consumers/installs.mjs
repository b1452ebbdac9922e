import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'fixtures/installs.json';
const KIB = 1024;
/** Sizes move with every change of a source; what is noted is about right. */
const TOLERANCE = 0.1;

/** The applications of `fixtures/`, and what was noted about them: KiB of ours and of others, and of native builds. */
export function readInstalls(root) {
  const folder = join(root, 'fixtures');
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'package.json')))
    : [];
  const file = join(root, FILE);
  return { names, noted: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {} };
}

/** Bytes of ours, of others, and of what is built for one platform. */
export function sizesOf(installed) {
  const sum = (is) => installed.filter(is).reduce((total, { bytes }) => total + bytes, 0);
  return {
    ours: sum(({ isOurs }) => isOurs),
    others: sum(({ isOurs, isNative }) => !isOurs && !isNative),
    native: sum(({ isNative }) => isNative),
  };
}

/** How sizes differ from what was noted; native builds differ with the platform, and are not compared. */
export function differsFrom(notes, name, sizes) {
  const noted = notes[name] ?? { ours: 0, others: 0 };
  return ['ours', 'others'].flatMap((what) => {
    const kib = Math.round(sizes[what] / KIB);
    const isAsNoted = Math.abs(kib - noted[what]) <= noted[what] * TOLERANCE;
    return isAsNoted ? [] : [`${what} take ${kib} KiB, not ${noted[what]}`];
  });
}

/** Notes sizes, in KiB of two digits, so that small changes leave them alone. */
export function writeInstalls(root, results) {
  const { names, noted } = readInstalls(root);
  const found = results.map(({ name, sizes }) => [name, sizes]);
  const rounded = (bytes) => Number((bytes / KIB).toPrecision(2));
  for (const [name, sizes] of found) {
    if (!sizes) continue;
    const entries = Object.entries(sizes).map(([what, bytes]) => [what, rounded(bytes)]);
    noted[name] = Object.fromEntries(entries);
  }
  const kept = Object.fromEntries(names.map((name) => [name, noted[name]]));
  writeFileSync(join(root, FILE), `${JSON.stringify(kept, null, 2)}\n`);
}
