import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

import { isSource, listFiles, readText } from './files.mjs';

const required = JSON.parse(
  readFileSync(new URL('./required-names.json', import.meta.url), 'utf8'),
);

const isExported = (statement) =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** What a file declares and exports, what it passes on by name, and files that it passes on whole. */
function exportsOf(path, text) {
  const found = { declared: new Set(), passedOn: new Set(), whole: [] };
  for (const statement of ts.createSourceFile(path, text, ts.ScriptTarget.Latest).statements) {
    if (ts.isExportDeclaration(statement)) {
      const { exportClause, moduleSpecifier } = statement;
      if (exportClause && ts.isNamedExports(exportClause)) {
        const target = moduleSpecifier ? found.passedOn : found.declared;
        for (const { name } of exportClause.elements) target.add(name.text);
      } else if (moduleSpecifier && !exportClause) {
        found.whole.push(join(path, '..', moduleSpecifier.text.replace(/\.js$/, '.ts')));
      }
    } else if (isExported(statement)) {
      const declarations = ts.isVariableStatement(statement)
        ? statement.declarationList.declarations
        : [statement];
      for (const { name } of declarations) if (name?.text) found.declared.add(name.text);
    }
  }
  return found;
}

/** Each name of the requirements has one home, and its package's index exports it. */
export function checkExports(root, names = required) {
  const files = new Map(
    listFiles(root)
      .filter(isSource)
      .map((path) => [path, exportsOf(path, readText(root, path) ?? '')]),
  );
  const isOffered = (name, home) => {
    const index = `${home.split('/').slice(0, 3).join('/')}/index.ts`;
    const { declared, passedOn, whole } = files.get(index) ?? { whole: [] };
    return declared?.has(name) || passedOn?.has(name) || whole.includes(home);
  };

  const problems = [];
  const missing = [];
  for (const name of names) {
    const homes = [...files].filter(([, { declared }]) => declared.has(name)).map(([path]) => path);
    if (homes.length === 0) missing.push(name);
    if (homes.length > 1) problems.push(`${name} has more than one home: ${homes.join(', ')}`);
    if (homes.length === 1 && !isOffered(name, homes[0])) {
      problems.push(`${name} (${homes[0]}) is not exported by the index of its package`);
    }
  }
  const notes = missing.length > 0 ? [`still to come: ${missing.join(', ')}`] : [];
  return { problems, notes };
}
