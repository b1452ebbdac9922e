// node tools/build/write-controls.mjs
// Writes docs/healthcare/controls.md from controls.json beside it: what is asked for, what does it, which tests show it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { format } from 'prettier';

const FOLDER = 'docs/healthcare';
const WHO = {
  L: 'the library',
  'L+D': 'the library and the deployer',
  D: 'the deployer',
};

/** Rows whose test is not there, or that claim more than a test shows. */
export function brokenControls(root) {
  const source = join(root, FOLDER, 'controls.json');
  if (!existsSync(source)) return [];
  const { tables } = JSON.parse(readFileSync(source, 'utf8'));
  const texts = new Map();
  const textOf = (file) => {
    if (!texts.has(file)) {
      const path = join(root, file);
      texts.set(file, existsSync(path) ? readFileSync(path, 'utf8') : '');
    }
    return texts.get(file);
  };
  const problems = [];
  for (const { rows } of tables) {
    for (const { what, who, tests = [] } of rows) {
      if (!(who in WHO))
        problems.push(`${what}: who is ${who}; accepted: ${Object.keys(WHO).join(', ')}`);
      if (who !== 'D' && tests.length === 0) problems.push(`${what}: no test shows it`);
      for (const [file, title] of tests) {
        if (!textOf(file).includes(title)) problems.push(`${what}: ${file} has no test "${title}"`);
      }
    }
  }
  return problems.map((problem) => `${FOLDER}/controls.json: ${problem}`);
}

/** The page as it should be; `null` without a source. */
export async function controlsPage(root) {
  const source = join(root, FOLDER, 'controls.json');
  if (!existsSync(source)) return null;
  const { title, about, tables } = JSON.parse(readFileSync(source, 'utf8'));
  const parts = [`# ${title}`, ...about];
  for (const { title: name, about: lines = [], rows } of tables) {
    parts.push(
      `## ${name}`,
      ...lines,
      '| what | what does it | tests | whose it is |\n| --- | --- | --- | --- |',
    );
    parts[parts.length - 1] += rows
      .map(({ what, how, who, tests = [], rest }) => {
        const shown = tests.map(
          ([file, test]) => `[${escaped(test)}](${posix.relative(FOLDER, file)})`,
        );
        const whose = rest ? `${WHO[who]}: ${rest}` : WHO[who];
        return `\n| ${escaped(what)} | ${escaped(how)} | ${shown.join('<br>')} | ${escaped(whose)} |`;
      })
      .join('');
  }
  return format(parts.join('\n\n'), { parser: 'markdown', printWidth: 100 });
}

const escaped = (text) => text.replaceAll('|', '\\|');

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const problems = brokenControls(root);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
  writeFileSync(join(root, FOLDER, 'controls.md'), await controlsPage(root));
}
