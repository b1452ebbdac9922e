import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { lineOf, listFiles, readText } from './files.mjs';

/** A TypeScript example; what the reader is supposed to have stands in a comment `<!-- given: … -->` before it. */
const SNIPPET = /(?:<!-- given:([^]*?)-->\s*)?^```ts\n([^]*?)^```/gm;
const FOLDER = '.tsc/snippets';

/** Pages whose examples are compiled as well. */
const PAGE = /(^|\/)README\.md$|^docs\/migration\.md$/;
/** The guide to migrating tells of it, and only this package has it installed. */
const BENTOCACHE = 'packages/nest-integration/node_modules/bentocache/build/index.d.ts';

/** Compiles the TypeScript examples of all READMEs, and of the guide to migrating, against the sources. */
export function checkSnippets(root) {
  const folder = join(root, FOLDER);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const places = new Map();
  for (const path of listFiles(root).filter((path) => PAGE.test(path))) {
    const text = readText(root, path);
    for (const [, given = '', code] of text.matchAll(SNIPPET)) {
      const file = `snippet-${places.size + 1}.ts`;
      const head = `export {};${given.replaceAll('\n', ' ')}`;
      places.set(file, { path, line: lineOf(text, text.indexOf(code)) });
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
  return { problems: compile(root, places), notes: [`${places.size} examples`] };
}

function compile(root, places) {
  const tsc = join(root, 'node_modules/.bin/tsc');
  try {
    execFileSync(tsc, ['-p', join(root, FOLDER)], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
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
