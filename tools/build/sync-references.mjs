// node tools/build/sync-references.mjs
// Writes the `references` of every tsconfig from the dependencies in the package.json beside it.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { format } from 'prettier';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

function findProjects(root) {
  return ['packages', 'apps'].flatMap((group) => {
    const folder = join(root, group);
    return (existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => existsSync(join(folder, name, 'package.json')))
      .map((name) => ({
        path: `${group}/${name}`,
        main: group === 'apps' ? 'tsconfig.app.json' : 'tsconfig.lib.json',
        manifest: readJson(join(folder, name, 'package.json')),
      }));
  });
}

/** The tsconfig files whose references differ from the dependencies: `[path, content as it should be]`. */
export function outdatedReferences(root) {
  const projects = findProjects(root);
  const referencesTo = (from, names) =>
    projects
      .filter(({ path, manifest }) => path !== from && names.has(manifest.name))
      .map(({ path, main }) => `${posix.relative(from, path)}/${main}`);
  const wanted = new Map([['tsconfig.json', projects.map(({ path }) => path)]]);
  for (const { path, main, manifest } of projects) {
    const shipped = new Set(
      Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
    );
    const all = new Set([...shipped, ...Object.keys(manifest.devDependencies ?? {})]);
    wanted.set(`${path}/${main}`, referencesTo(path, shipped));
    wanted.set(`${path}/tsconfig.cjs.json`, referencesTo(path, shipped));
    const own = existsSync(join(root, path, main)) ? [`./${main}`] : []; // tests may be all there is
    wanted.set(`${path}/tsconfig.spec.json`, [...own, ...referencesTo(path, all)]);
  }
  return [...wanted].flatMap(([path, targets]) => {
    if (!existsSync(join(root, path))) return [];
    const config = readJson(join(root, path));
    const references = targets.map((target) => ({ path: target }));
    const isCurrent = JSON.stringify(config.references ?? []) === JSON.stringify(references);
    return isCurrent ? [] : [[path, { ...config, references }]];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  for (const [path, config] of outdatedReferences(root)) {
    const text = await format(JSON.stringify(config), { parser: 'json', printWidth: 100 });
    writeFileSync(join(root, path), text);
    console.log(`${path} written`);
  }
}
