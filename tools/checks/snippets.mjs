import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

import { lineOf, listFiles, readText } from './files.mjs';

/**
 * A TypeScript example. What the reader is supposed to have stands in a comment before it: `<!-- given: … -->` declares
 * it for the compiler, `<!-- run: … -->` defines it, and the example is run as well; what it prints is what stands
 * behind `// →` in it.
 */
const SNIPPET = /(?:<!-- (given|run):([^]*?)-->\s*)?^```ts\n([^]*?)^```/gm;
const PRINTED = /\/\/ → (.*)$/gm;
const FOLDER = '.tsc/snippets';

/** Pages whose examples are compiled. */
const PAGE = /(^|\/)README\.md$|^docs\/.+\.md$|^apps\/docs\/index\.md$/;
/** The guide to migrating tells of it, and only this package has it installed. */
const BENTOCACHE = 'packages/nest-integration/node_modules/bentocache/build/index.d.ts';
const RUNNER = fileURLToPath(new URL('./run-snippet.mjs', import.meta.url));
const TIME_MS = 30_000;

/** Compiles the TypeScript examples of READMEs and documentation against the sources, and runs those that can be. */
export function checkSnippets(root) {
  const folder = join(root, FOLDER);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const places = new Map();
  for (const path of listFiles(root).filter((path) => PAGE.test(path))) {
    const text = readText(root, path);
    for (const [, kind, given = '', code] of text.matchAll(SNIPPET)) {
      const file = `snippet-${places.size + 1}.ts`;
      const head = `export {};${given.replaceAll('\n', ' ')}`;
      const isRun = kind === 'run';
      places.set(file, { path, line: lineOf(text, text.indexOf(code)), isRun, code });
      writeFileSync(join(folder, file), `${head}\n${code}`);
    }
  }
  const options = {
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      composite: false,
      noEmit: true,
      types: ['node', 'jest'],
      declaration: false,
      declarationMap: false,
      paths: { bentocache: [join(root, BENTOCACHE)] },
    },
    include: ['*.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  const running = [...places].filter(([, { isRun }]) => isRun);
  const problems = compile(root, places);
  if (problems.length === 0) problems.push(...run(root, running));
  return { problems, notes: [`${places.size} examples, ${running.length} of them run`] };
}

function compile(root, places) {
  const tsc = join(root, 'node_modules/.bin/tsc');
  try {
    const options = ['--pretty', 'false', '-p', join(root, FOLDER)];
    execFileSync(tsc, options, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
    return [];
  } catch (error) {
    const lines = String(error.stdout).trim().split('\n');
    return lines.map((line) =>
      line.replace(/^.*?(snippet-\d+\.ts)\((\d+),\d+\)/, (_, file, at) => {
        const { path, line: first } = places.get(file);
        return `${path}:${first + Number(at) - 2}`;
      }),
    );
  }
}

/** Each in a process of its own, on the packages as they are built. */
function run(root, snippets) {
  const isBuilt = existsSync(join(root, 'packages/core/dist/index.js'));
  if (!isBuilt && existsSync(join(root, 'packages/core/src')))
    return ['examples are run on what is built: run npm run build first'];
  return snippets.flatMap(([file, { path, line, code }]) => {
    const source = join(root, FOLDER, file);
    const { options } = ts.convertCompilerOptionsFromJson(
      { ...COMPILED, importHelpers: false },
      root,
    );
    const script = source.replace(/\.ts$/, '.mjs');
    writeFileSync(
      script,
      ts.transpileModule(ts.sys.readFile(source), { compilerOptions: options }).outputText,
    );
    const child = spawnSync(process.execPath, [RUNNER, script], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, FORCE_COLOR: '0' },
      timeout: TIME_MS,
    });
    if (child.status !== 0) {
      const reason = child.error?.message ?? child.stderr.trim().split('\n').slice(-12).join('\n');
      return [`${path}:${line}: the example does not run: ${reason}`];
    }
    const expected = [...code.matchAll(PRINTED)].map(([, text]) => text).join('\n');
    const printed = child.stdout.trimEnd();
    if (printed === expected) return [];
    return [
      `${path}:${line}: the example prints\n${printed}\n  and not, as its comments say,\n${expected}`,
    ];
  });
}

const COMPILED = {
  target: 'es2023',
  module: 'esnext',
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  useDefineForClassFields: false,
};
