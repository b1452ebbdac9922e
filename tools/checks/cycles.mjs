import { posix } from 'node:path';

import ts from 'typescript';

import { isSource, listFiles, readText } from './files.mjs';

/** Finds import cycles inside a package; type imports count. */
export function checkCycles(root) {
  const paths = listFiles(root).filter(isSource);
  const known = new Set(paths);
  const imports = new Map();
  for (const path of paths) {
    const { importedFiles } = ts.preProcessFile(readText(root, path) ?? '', true, true);
    const targets = importedFiles
      .filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => posix.join(path, '..', fileName).replace(/\.js$/, '.ts'));
    imports.set(
      path,
      [...new Set(targets)].filter((target) => known.has(target)),
    );
  }

  const problems = [];
  const done = new Set();
  const trail = [];
  const visit = (path) => {
    const at = trail.indexOf(path);
    if (at >= 0) return void problems.push([...trail.slice(at), path].join(' → '));
    if (done.has(path)) return;
    trail.push(path);
    for (const target of imports.get(path)) visit(target);
    trail.pop();
    done.add(path);
  };
  for (const path of paths) visit(path);
  return { problems: problems.map((cycle) => `import cycle: ${cycle}`), notes: [] };
}
