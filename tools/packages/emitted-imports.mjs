import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

import ts from 'typescript';

/** `@scope/name` or `name` of what is imported. */
const packageOf = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Packages that an emitted file, code or types, asks for. */
function packagesOf(text) {
  const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(text, true, true);
  return [...importedFiles, ...typeReferenceDirectives]
    .map(({ fileName }) => fileName)
    .filter((name) => !name.startsWith('.') && !isBuiltin(name))
    .map(packageOf);
}

/**
 * Imports of emitted code and types that the package does not declare, dependencies that it declares and never imports, and
 * types that everybody loads although they need a peer that not everybody has.
 */
export function wrongImports(folder, manifest, files) {
  const { name, dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const declared = new Set([name, ...Object.keys({ ...dependencies, ...peerDependencies })]);
  const used = new Set();
  const problems = new Set();
  for (const path of files.filter((file) => /^dist\/.*\.(js|d\.ts)$/.test(file))) {
    for (const found of packagesOf(readFileSync(join(folder, path), 'utf8'))) {
      used.add(found);
      if (!declared.has(found)) problems.add(`${path} imports ${found}, which is not declared`);
    }
  }
  for (const dependency of Object.keys(dependencies)) {
    if (!used.has(dependency)) problems.add(`${dependency} is declared and never imported`);
  }
  const optional = new Set(Object.keys(peerDependenciesMeta));
  for (const path of reachable(folder, manifest.exports['.'].import.types)) {
    for (const found of packagesOf(readFileSync(join(folder, path), 'utf8'))) {
      if (optional.has(found)) problems.add(`${path}: types need the optional peer ${found}`);
    }
  }
  return [...problems];
}

/** Declarations that come with an entry. */
function reachable(folder, entry) {
  const found = new Set();
  const queue = [join(entry)];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const { importedFiles } = ts.preProcessFile(readFileSync(join(folder, path), 'utf8'));
    for (const { fileName } of importedFiles) {
      if (fileName.startsWith('.'))
        queue.push(join(path, '..', fileName).replace(/\.js$/, '.d.ts'));
    }
  }
  return found;
}
