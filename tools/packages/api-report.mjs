// node tools/packages/api-report.mjs
// Writes api-report.md of every package: what it exports, from the types as they were built.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const FILE = 'api-report.md';
const OPTIONS = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  strict: true,
  skipLibCheck: true,
  types: ['node'],
};
const printer = ts.createPrinter({ removeComments: true });

const isPrivate = (node) =>
  ts.isClassElement(node) &&
  (ts.isPrivateIdentifier(node.name ?? node) ||
    (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0);

const MODIFIERS = [ts.SyntaxKind.ExportKeyword, ts.SyntaxKind.DeclareKeyword];

/** A declaration as its users see it: no comments, nothing private, and no words that all of them have. */
function print(declaration) {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const strip = (context) => (top) => {
    const visit = (child) => {
      if (isPrivate(child) || MODIFIERS.includes(child.kind)) return undefined;
      return ts.visitEachChild(child, visit, context);
    };
    return ts.visitEachChild(top, visit, context);
  };
  const { transformed, dispose } = ts.transform(node, [strip]);
  const text = printer.printNode(
    ts.EmitHint.Unspecified,
    transformed[0],
    declaration.getSourceFile(),
  );
  dispose?.();
  return text;
}

/** The exports of one entry, by name. */
function entryReport(checker, source, folder) {
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source));
  const sorted = [...exported].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.flatMap((symbol) => {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const target = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
    const own = (target.declarations ?? []).filter((declaration) =>
      declaration.getSourceFile().fileName.startsWith(join(folder, 'dist')),
    );
    if (own.length === 0) return [`// ${symbol.name}, of another package`];
    const renamed = target.name === symbol.name ? [] : [`// ${symbol.name} is`];
    return [...renamed, ...own.map(print)];
  });
}

/** The report as it must be. */
export async function reportOf(folder, manifest) {
  const entries = Object.entries(manifest.exports)
    .filter(([, conditions]) => conditions.import)
    .map(
      ([
        path,
        {
          import: { types },
        },
      ]) => [path, join(folder, types)],
    );
  const program = ts.createProgram(
    entries.map(([, file]) => file),
    OPTIONS,
  );
  const parts = entries.map(([path, file]) => {
    const name = `${manifest.name}${path.slice(1)}`;
    const source = program.getSourceFile(file);
    if (!source) throw new Error(`${relative(folder, file)} is not there: build first`);
    const lines = entryReport(program.getTypeChecker(), source, folder);
    return `## \`${name}\`\n\n\`\`\`ts\n${lines.join('\n\n')}\n\`\`\``;
  });
  const head = `# What ${manifest.name} exports\n\nWritten by \`npm run api\`. A change of it needs a changeset.`;
  const text = [head, ...parts].join('\n\n');
  const file = join(folder, FILE);
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}

/** A report that is not as the types say. */
export async function outdatedReport(folder, manifest) {
  const file = join(folder, FILE);
  const current = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (current === (await reportOf(folder, manifest))) return [];
  return [`${FILE} is not what the types say: npm run api, and tell of the change in a changeset`];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = join(root, 'packages', name);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    writeFileSync(join(folder, FILE), await reportOf(folder, manifest));
  }
}
