// node tools/build/write-samples.mjs
// Takes the code samples from the requirements document beside the project, fills the harnesses with them, and writes
// docs/samples.md, the table of samples and their tests.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { format } from 'prettier';

const DOCUMENT = '../shared/requirements/enterprise-cache.md';
const HOME = 'packages/nest-integration/test/samples';
const SAMPLES = `${HOME}/document`;
const PAGE = 'docs/samples.md';

/** Where a sample stands in a harness; what lies between is written by this tool. */
const REGION = /^( *)\/\/ sample: ([\w-]+)\n([^]*?)^\1\/\/ end of sample\n/gm;

/** The code samples of a document, in its order: `04-simple-caching` and its text. */
export function samplesOf(text) {
  const samples = new Map();
  const names = new Map();
  let heading = '';
  const PARTS = /^#+ (?:\d+\. )?(.+)$|^```[a-z]*\n([^]*?)^```$/gm;
  for (const [, title, code] of text.matchAll(PARTS)) {
    if (title !== undefined) {
      heading = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
      continue;
    }
    const count = (names.get(heading) ?? 0) + 1;
    names.set(heading, count);
    const order = String(samples.size + 1).padStart(2, '0');
    samples.set(`${order}-${heading}${count > 1 ? `-${count}` : ''}`, code);
  }
  return samples;
}

/** The samples as they were taken from the document. */
function committedSamples(root) {
  const folder = join(root, SAMPLES);
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return new Map(
    names.map((name) => [name.replace(/\.txt$/, ''), readFileSync(join(folder, name), 'utf8')]),
  );
}

function readTable(root) {
  return JSON.parse(readFileSync(join(root, HOME, 'samples.json'), 'utf8'));
}

/** A sample as a harness holds it: with the changes that the table allows, each of which must apply. */
function changed(name, text, changes = []) {
  let result = text;
  for (const { from, to } of changes) {
    if (!result.includes(from)) throw new Error(`${name}: has no "${from}" to be changed`);
    result = result.replaceAll(from, () => to);
  }
  return result;
}

function indented(text, indent) {
  return text.replace(/^(?=.)/gm, indent);
}

/** The text of a harness with its regions filled; unknown samples stay as they are. */
function filled(harness, samples, table) {
  return harness.replace(REGION, (whole, indent, name) => {
    const text = samples.get(name);
    if (text === undefined) return whole;
    const body = indented(changed(name, text, table[name]?.changes), indent);
    return `${indent}// sample: ${name}\n${body}${indent}// end of sample\n`;
  });
}

function harnesses(root) {
  return readdirSync(join(root, HOME))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(HOME, name));
}

/** What is wrong with samples, harnesses, table and page; nothing without the table. */
export async function brokenSamples(root) {
  if (!existsSync(join(root, HOME, 'samples.json'))) return [];
  const samples = committedSamples(root);
  const table = readTable(root);
  const problems = [];
  const document = join(root, DOCUMENT);
  if (existsSync(document)) {
    const current = samplesOf(readFileSync(document, 'utf8'));
    for (const name of new Set([...current.keys(), ...samples.keys()])) {
      if (current.get(name) !== samples.get(name))
        problems.push(`${SAMPLES}/${name}.txt: not as in the document`);
    }
  }
  const shown = new Set();
  for (const path of harnesses(root)) {
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, , name] of text.matchAll(REGION)) {
      shown.add(name);
      if (!samples.has(name)) problems.push(`${path}: there is no sample ${name}`);
    }
    if (filled(text, samples, table) !== text)
      problems.push(`${path}: does not hold its samples as they are; run npm run generate`);
  }
  for (const name of samples.keys()) {
    const row = table[name];
    if (!row) problems.push(`${HOME}/samples.json: ${name} has no test`);
    else if (!row.isData && !shown.has(name)) problems.push(`${name}: is in no harness`);
  }
  for (const [name, { tests }] of Object.entries(table)) {
    if (!samples.has(name)) problems.push(`${HOME}/samples.json: there is no sample ${name}`);
    if (tests.length === 0) problems.push(`${HOME}/samples.json: ${name} has no test`);
    for (const [file, title] of tests) {
      const path = join(root, file);
      if (!existsSync(path) || !readFileSync(path, 'utf8').includes(title))
        problems.push(`${HOME}/samples.json: ${file} has no test "${title}"`);
    }
  }
  const page = join(root, PAGE);
  if (!existsSync(page) || readFileSync(page, 'utf8') !== (await samplesPage(root)))
    problems.push(`${PAGE}: not as written; run npm run generate`);
  return problems;
}

/** The table of samples and tests. */
async function samplesPage(root) {
  const rows = Object.entries(readTable(root)).map(
    ([name, { tests, changes = [], about = '' }]) => {
      const links = tests.map(([file, title]) => `[${escaped(title)}](../${file})`).join('<br>');
      const reasons = [...new Set(changes.map(({ why }) => why)), ...(about ? [about] : [])];
      return `| [${name}](../${SAMPLES}/${name}.txt) | ${links} | ${escaped(reasons.join('; '))} |`;
    },
  );
  const text = [
    '# The samples of the requirements, and their tests',
    'Every code sample of the requirements document is kept as it stands there, put into a harness (imports, classes, repositories) and run. `npm run check` compares the samples with the document, the harnesses with the samples, and this table with the tests. Only the changes that are named here were made.',
    `| sample | tests | what is changed or special |\n| --- | --- | --- |\n${rows.join('\n')}`,
  ];
  return format(text.join('\n\n'), { parser: 'markdown', printWidth: 100 });
}

const escaped = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** Takes the samples from the document, if it is there. */
function takeSamples(root) {
  const document = join(root, DOCUMENT);
  if (!existsSync(document)) return;
  rmSync(join(root, SAMPLES), { recursive: true, force: true });
  mkdirSync(join(root, SAMPLES), { recursive: true });
  for (const [name, text] of samplesOf(readFileSync(document, 'utf8'))) {
    writeFileSync(join(root, SAMPLES, `${name}.txt`), text);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  takeSamples(root);
  const samples = committedSamples(root);
  const table = readTable(root);
  for (const path of harnesses(root)) {
    const file = join(root, path);
    writeFileSync(file, filled(readFileSync(file, 'utf8'), samples, table));
  }
  writeFileSync(join(root, PAGE), await samplesPage(root));
}
