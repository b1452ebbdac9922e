// node tools/build/write-licences.mjs
// Writes docs/licences.md from package-lock.json: what comes along with each package, and under which licence.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { format } from 'prettier';

const PAGE = 'docs/licences.md';
const PERMISSIVE = new Set(
  '0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause BlueOak-1.0.0 CC0-1.0 ISC MIT MIT-0 Unlicense Zlib'.split(
    ' ',
  ),
);
/** For what is used here and not passed on. */
const PERMISSIVE_FOR_TOOLS = new Set(['CC-BY-4.0', 'Python-2.0']);
/** Packages whose manifest names no licence that the lock file could repeat, and what their licence file is. */
const READ_BY_PEOPLE = {
  buildcheck: 'MIT',
  busboy: 'MIT',
  'cpu-features': 'MIT',
  spawndamnit: 'MIT',
  ssh2: 'MIT',
  streamsearch: 'MIT',
};

const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));
const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Every entry of the lock file that is somebody else's, by its path. */
const foreignIn = ({ packages }) =>
  Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);

function licenceOf(path, { license }) {
  const known = READ_BY_PEOPLE[nameOf(path)];
  return known ?? license ?? 'none named';
}

/** Problems: what is under a licence that asks for more than naming its authors. */
export function licenceProblems(root) {
  if (!existsSync(join(root, 'package-lock.json'))) return [];
  const lock = readJson(root, 'package-lock.json');
  const passedOn = new Set(publishedDependencies(root, lock).map(({ path }) => path));
  return foreignIn(lock).flatMap(([path, entry]) => {
    const licence = licenceOf(path, entry);
    const isAllowed = (id) =>
      PERMISSIVE.has(id) || (PERMISSIVE_FOR_TOOLS.has(id) && !passedOn.has(path));
    // Of an alternative each part must do: nobody has to remember which one was chosen.
    const isFine = licence
      .split(/[()\s]+|\b(?:AND|OR)\b/)
      .filter(Boolean)
      .every(isAllowed);
    return isFine
      ? []
      : [`package-lock.json: ${nameOf(path)} is under ${licence}; use another package`];
  });
}

/** What npm installs along with our packages, optional builds for one platform left out: `{ name, version, licence, path, users }`. */
function publishedDependencies(root, lock) {
  const found = new Map();
  const visit = (from, names, user) => {
    for (const name of names) {
      const path = resolve(lock, from, name);
      const entry = lock.packages[path];
      if (!entry || name.startsWith('@vitalcache/')) continue;
      const known = found.get(path);
      if (known?.users.has(user)) continue;
      const { version } = entry;
      const licence = licenceOf(path, entry);
      found.set(path, known ?? { name, version, licence, path, users: new Set() });
      found.get(path).users.add(user);
      visit(path, Object.keys(entry.dependencies ?? {}), user);
    }
  };
  for (const folder of readdirSync(join(root, 'packages'))) {
    const { dependencies = {} } = readJson(root, 'packages', folder, 'package.json');
    visit(`packages/${folder}`, Object.keys(dependencies), folder);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Where Node finds a package from a folder: there, or further up. */
function resolve({ packages }, from, name) {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = folder === '.' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path] || folder === '.') return path;
  }
}

/** What is written, by path. */
export async function licenceFiles(root) {
  if (!existsSync(join(root, 'package-lock.json'))) return {};
  const rows = publishedDependencies(root, readJson(root, 'package-lock.json')).map(
    ({ name, version, licence, users }) =>
      `| \`${name}\` | ${version} | ${licence} | ${[...users].sort().join(', ')} |`,
  );
  const text = [
    '# Licences',
    'What npm installs along with the packages, beside peers, which an application chooses itself. All of it may be used, changed and passed on for naming its authors; a check refuses anything else, also among the tools. Each release has a list of its own as CycloneDX (`npm run sbom`).',
    ['| package | version | licence | comes with |', '| --- | --- | --- | --- |', ...rows].join(
      '\n',
    ),
  ].join('\n\n');
  return { [PAGE]: await format(text, { parser: 'markdown', printWidth: 100 }) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  for (const [path, text] of Object.entries(await licenceFiles(root)))
    writeFileSync(join(root, path), text);
}
