import { existsSync } from 'node:fs';
import { join } from 'node:path';

const REQUIRED = ['LICENSE', 'README.md', 'package.json'];

/** What is missing in a package, what no test should have brought, and what was left by sources that are gone. */
export function strayFiles(folder, files) {
  const missing = REQUIRED.filter((name) => !files.includes(name));
  const tests = files.filter((path) => /\.(int-)?spec\.|(^|\/)test\//.test(path));
  const left = files.filter((path) => {
    const [, source] = /^dist\/(?:cjs\/)?(.+?)(?:\.d)?\.[cm]?[jt]s(?:\.map)?$/.exec(path) ?? [];
    return source !== undefined && !existsSync(join(folder, 'src', `${source}.ts`));
  });
  return [
    ...missing.map((name) => `${name} is not packed`),
    ...tests.map((path) => `${path} is packed, and is a test`),
    ...left.map((path) => `${path} has no source: remove dist, and build again`),
  ];
}
