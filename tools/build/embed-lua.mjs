// node tools/build/embed-lua.mjs <package folder>... [--check]
// Writes src/scripts/lua-scripts.ts from src/scripts/*.lua. The scripts travel inside the code, since
// CommonJS output has no import.meta to find files by.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const escape = (source) => source.replace(/[\\`]|\$\{/g, '\\$&');
const camelCase = (name) => name.replace(/-+(\w)/g, (_, letter) => letter.toUpperCase());

function render(folder, files) {
  const scripts = files.map((file) => {
    const [, name] = /^(.+)-(?:\d+|n)\.lua$/.exec(file) ?? [];
    if (name === undefined) throw new Error(`${file}: the name ends with the number of keys`);
    return { name: camelCase(name), source: readFileSync(join(folder, file), 'utf8') };
  });
  const entries = scripts.map(({ name, source }) => `  ${name}: \`${escape(source)}\`,\n`);
  return `// Written by tools/build/embed-lua.mjs from the .lua files in this folder.

/** Names of the scripts: append-record-1.lua is appendRecord. */
export type LuaScriptName =\n${scripts.map(({ name }) => `  | '${name}'`).join('\n')};

export const luaScripts: Readonly<Record<LuaScriptName, string>> = {
${entries.join('')}};
`;
}

/** Writes the module of a package, or with `check` only compares. True: it is, or was, current. */
export function embedLua(packageFolder, { check = false } = {}) {
  const folder = join(packageFolder, 'src/scripts');
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.lua'))
        .sort()
    : [];
  if (files.length === 0) return true;
  const target = join(folder, 'lua-scripts.ts');
  const rendered = render(folder, files);
  if (existsSync(target) && readFileSync(target, 'utf8') === rendered) return true;
  if (!check) writeFileSync(target, rendered);
  return false;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const check = process.argv.includes('--check');
  for (const folder of process.argv.slice(2).filter((argument) => argument !== '--check')) {
    if (embedLua(folder, { check })) continue;
    console.log(`${folder}: lua-scripts.ts ${check ? 'is not current' : 'written'}`);
    if (check) process.exitCode = 1;
  }
}
