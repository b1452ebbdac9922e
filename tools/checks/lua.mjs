import { listFiles, readText } from './files.mjs';

const NAME = /^[a-z0-9-]+-(\d+|n)\.lua$/;

function split(text) {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('--'));
  const header = lines.slice(0, end < 0 ? lines.length : end).join('\n');
  const body = lines
    .slice(end < 0 ? lines.length : end)
    .join('\n')
    .replace(/--\[\[[\s\S]*?\]\]/g, '')
    .replace(/--.*$/gm, '');
  return { header, body };
}

const indexes = (text, table) =>
  new Set([...text.matchAll(new RegExp(`${table}\\[(\\d+)\\]`, 'g'))].map(([, n]) => Number(n)));
/** `#KEYS`, `KEYS[i]`, `unpack(ARGV)`: how many is not in the text. */
const isDynamic = (text, table) =>
  text.replace(new RegExp(`\\b${table}\\[\\d+\\]`, 'g'), '').includes(table);

function* problemsOf(path, text) {
  const count = NAME.exec(path.split('/').at(-1))?.[1];
  if (count === undefined) {
    yield 'the name ends with the number of keys, as in record-append-1.lua (-n: any number)';
    return;
  }
  const { header, body } = split(text);
  if (header === '') {
    yield 'starts with a header of comment lines: what it does, each KEYS[n] and ARGV[n], returns';
    return;
  }
  if (!/returns/i.test(header)) yield 'the header does not say what the script returns';

  const highest = Math.max(0, ...indexes(body, 'KEYS'));
  if (count === 'n' ? !isDynamic(body, 'KEYS') : Number(count) !== highest) {
    yield `the name says ${count} keys, the body uses ${highest}`;
  }
  if (count !== 'n' && isDynamic(body, 'KEYS')) yield 'any number of keys: name it -n.lua';

  for (const table of ['KEYS', 'ARGV']) {
    const listed = indexes(header, table);
    const used = indexes(body, table);
    const dynamic = isDynamic(body, table);
    if (dynamic && !header.includes(table)) yield `the header does not list ${table}`;
    for (const n of used) if (!listed.has(n)) yield `the header does not list ${table}[${n}]`;
    for (const n of listed) {
      if (!used.has(n) && !dynamic)
        yield `the header lists ${table}[${n}], the body does not use it`;
    }
  }
}

/** Holds the header and the name of each Lua script against its body. */
export function checkLua(root) {
  const scripts = listFiles(root).filter((path) => /^packages\/.+\/src\/.+\.lua$/.test(path));
  const problems = scripts.flatMap((path) =>
    [...problemsOf(path, readText(root, path) ?? '')].map((problem) => `${path}: ${problem}`),
  );
  return { problems, notes: [] };
}
