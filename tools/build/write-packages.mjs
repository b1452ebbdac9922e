// node tools/build/write-packages.mjs
// Writes docs/packages.md: what each package weighs and needs, and what an application that installs some of them gets.
// Limits are those of tools/packages/size-limits.json, sizes of applications what `npm run consumers -- --update` measured.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { format } from 'prettier';

import { readInstalls } from '../consumers/installs.mjs';
import { installedBy } from '../consumers/lock.mjs';
import { sizeLimits } from '../packages/size-limits.mjs';

const PAGE = 'docs/packages.md';
const TITLE = '# Packages, and what they pull in';
const HEAD = `Each service installs what it uses. None of the packages runs a script when it is installed. Node.js is that of
\`engines\`; ES modules and CommonJS get the same instance, and types come for both.`;
const SIZES = `Of the tarballs, in KiB, at most: as downloaded, and on the disk, where sources, maps and both module systems
lie. \`npm run check:packages\` measures and refuses what is above. Peers in _italics_ are optional: what needs one says so,
with the npm command.`;
const CONSUMERS = `Applications in \`fixtures/\` that are installed from packed tarballs, each in a folder of its own, then built and
tested, in \`npm test\` (\`npm run consumers\` does it alone). What others have is locked there. Sizes are KiB on the disk of
what production needs; native builds are those of \`snappy\` and \`@node-rs/xxhash\` for the platform (here linux-x64).`;

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const list = (names) => (names.length > 0 ? names.join(', ') : 'none');
const count = (number) => number.toLocaleString('en');
const isOurs = (name) => name.startsWith('@vitalcache/');

function packageRow(root, folder) {
  const file = join(root, 'packages', folder, 'package.json');
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = readJson(file);
  const peers = Object.keys(peerDependencies).map((name) =>
    peerDependenciesMeta[name]?.optional ? `_${name}_` : name,
  );
  const { packed, unpacked } = sizeLimits[folder] ?? {};
  const link = `[${folder}](../packages/${folder})`;
  return `| ${link} | ${packed} | ${unpacked} | ${list(Object.keys(dependencies))} | ${list(peers)} |`;
}

function consumerParts(root, name, noted = {}) {
  const folder = join(root, 'fixtures', name);
  const { description, dependencies } = readJson(join(folder, 'package.json'));
  const lock = join(folder, 'package-lock.json');
  const all = existsSync(lock) ? installedBy(readJson(lock)) : [];
  const others = all.filter(({ isNative }) => !isNative).map((one) => one.name);
  const brought = [...new Set(others)].filter((one) => !dependencies[one]);
  const asked = Object.keys(dependencies).map((one) => (isOurs(one) ? `**${one}**` : one));
  const sizes = ['ours', 'others', 'native'].map((what) => count(noted[what] ?? 0));
  const row = `| [${name}](../fixtures/${name}) | ${description} | ${others.length} | ${sizes.join(' | ')} |`;
  return {
    row,
    text: `**${name}** installs ${asked.join(', ')}. With them come: ${list(brought)}.`,
  };
}

/** The page as it must be. */
export async function packagesPage(root) {
  const { names, noted } = readInstalls(root);
  const packages = readdirSync(join(root, 'packages'));
  const consumers = names.map((name) => consumerParts(root, name, noted[name]));
  const text = [
    TITLE,
    HEAD,
    '## Packages',
    SIZES,
    `| package | packed | on the disk | depends on | peers |\n| --- | --- | --- | --- | --- |\n${packages.map((name) => packageRow(root, name)).join('\n')}`,
    '## Applications',
    CONSUMERS,
    `| application | what it is | packages of others | Vitalcache | others | native |\n| --- | --- | --- | --- | --- | --- |\n${consumers.map(({ row }) => row).join('\n')}`,
    ...consumers.map((consumer) => consumer.text),
  ];
  return format(text.join('\n\n'), { parser: 'markdown', printWidth: 100 });
}

/** What is not as it would be written now. */
export async function outdatedPackagesPage(root) {
  if (!existsSync(join(root, 'fixtures'))) return [];
  const file = join(root, PAGE);
  const current = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (current === (await packagesPage(root))) return [];
  return [`${PAGE}: not as written; run npm run generate`];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  writeFileSync(join(root, PAGE), await packagesPage(root));
}
