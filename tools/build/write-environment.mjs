// node tools/build/write-environment.mjs
// Writes docs/environment.md and .env.example from docs/environment.json. That the list is complete, and that each default is
// what holds, is tested in packages/nest-integration/test/environment.spec.ts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { format } from 'prettier';

const SOURCE = 'docs/environment.json';
const PAGE = 'docs/environment.md';
const EXAMPLE = '.env.example';
const SWITCH = 'true, false, 1, 0';

const readTables = (root) => JSON.parse(readFileSync(join(root, SOURCE), 'utf8'));

/** What is written, by path. */
async function environmentFiles(root) {
  const { title, about, tables } = readTables(root);
  const page = [`# ${title}`, ...about];
  const example = [
    '# What can be set, with what holds when it is not. Secrets may stand in files: <NAME>_FILE.',
  ];
  for (const { title: name, about: lines = [], rows } of tables) {
    page.push(`## ${name}`, ...lines, tableOf(rows));
    example.push(`\n# ${name}`, ...rows.map(exampleOf));
  }
  return {
    [PAGE]: await format(page.join('\n\n'), { parser: 'markdown', printWidth: 100 }),
    [EXAMPLE]: `${example.join('\n')}\n`,
  };
}

function tableOf(rows) {
  const head = '| variable | default | accepted | what it does |\n| --- | --- | --- | --- |';
  return [head, ...rows.map(rowOf)].join('\n');
}

function rowOf({ name, default: value, accepts, what, secret, runtime, by }) {
  const notes = [
    ...(by ? [`read by ${by}`] : []),
    ...(secret ? [`also as \`${name}_FILE\``] : []),
    ...(runtime ? [`changeable at run time as \`${runtime}\``] : []),
  ];
  const more = notes.length > 0 ? `; ${notes.join('; ')}` : '';
  return `| \`${name}\` | ${value} | ${accepts} | ${what}${more} |`;
}

/** A default that can be written down stands as it is; all else is a comment. */
function exampleOf({ name, example, what }) {
  return example === undefined ? `# ${what}\n# ${name}=` : `# ${what}\n${name}=${example}`;
}

/** Switches without a test that sees both positions, tests that are not there, files that are not as written. */
export async function brokenEnvironment(root) {
  if (!existsSync(join(root, SOURCE))) return [];
  const problems = [];
  for (const { name, default: value, accepts, switch: tests } of readTables(root).tables.flatMap(
    ({ rows }) => rows,
  )) {
    const isSwitch =
      accepts === SWITCH && /_ENABLED$|_ENABLE_/.test(name) && name !== 'CACHE_ENABLED';
    if (isSwitch && !tests)
      problems.push(`${SOURCE}: ${name} (${value}) has no test of both positions`);
    for (const [file, title] of tests ?? []) {
      const path = join(root, file);
      if (!existsSync(path) || !readFileSync(path, 'utf8').includes(title))
        problems.push(`${SOURCE}: ${name}: ${file} has no test "${title}"`);
    }
  }
  for (const [path, text] of Object.entries(await environmentFiles(root))) {
    const file = join(root, path);
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text)
      problems.push(`${path}: not as written; run npm run generate`);
  }
  return problems;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  for (const [path, text] of Object.entries(await environmentFiles(root))) {
    writeFileSync(join(root, path), text);
  }
}
