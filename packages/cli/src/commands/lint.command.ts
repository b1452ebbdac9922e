import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';

import type { Command } from 'commander';

import type { CommandRun, CommandSet } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { cacheUsesOf, type CachedUse, type InvalidatingUse } from '../lint/cache-uses.js';
import { lintUse, type LintFinding } from '../lint/rules.js';
import { sourceFiles } from '../lint/source-files.js';
import { parseModule } from '../lint/syntax.js';
import { Progress } from '../output/progress.js';
import { count } from '../output/words.js';

/** Where files that say nothing of the cache are left out without being parsed. */
const MENTION = /@vitalcache\/|CacheService/;
/** In the line before, or in the line itself. */
const IGNORE = /vitalcache-lint-ignore/;

interface Found extends LintFinding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface Place {
  readonly file: string;
  readonly lines: readonly string[];
  readonly use: CachedUse;
}

/** `lint [paths...]` */
export function addLint(program: Command, commands: CommandSet): void {
  commands.add(
    program,
    'lint [paths...]',
    'find what is cached without ttl, or that nothing ever invalidates, in source code',
    lint,
    (command) =>
      command.addHelpText(
        'after',
        '\nA comment `vitalcache-lint-ignore` on the line or the one before it keeps one quiet.',
      ),
  );
}

async function lint({ io, output }: CommandRun<object>, ...paths: string[]): Promise<ExitCode> {
  const roots = paths.length > 0 ? paths : ['.'];
  const files = (await Promise.all(roots.map((path) => sourceFiles(resolve(io.cwd, path))))).flat();
  const places: Place[] = [];
  const invalidating: InvalidatingUse[] = [];
  const unread: string[] = [];
  const progress = new Progress(io.stderr, 'reading');
  for (const [i, path] of files.entries()) {
    progress.update(i, files.length);
    const text = await readFile(path, 'utf8');
    if (!MENTION.test(text)) continue;
    const file = relative(io.cwd, path) || path;
    const syntax = parseModule(text, path);
    if (!syntax) {
      unread.push(file);
      continue;
    }
    const uses = cacheUsesOf(syntax);
    const lines = text.split('\n');
    places.push(...uses.cached.map((use) => ({ file, lines, use })));
    invalidating.push(...uses.invalidating);
  }
  progress.end();
  const found = places.flatMap((place) => lintPlace(place, invalidating));
  for (const { file, line, column, rule, message } of found) {
    output.line(`${output.paint('bold', `${file}:${line}:${column}`)} ${message} (${rule})`);
  }
  for (const file of unread) output.note(`${file} can't be parsed and was left out`);
  const seen = `${count(places.length, 'cached use')} in ${count(files.length, 'file')}`;
  output.line(
    `${found.length === 0 ? 'Nothing to say of' : `${count(found.length, 'finding')} in`} ${seen}`,
  );
  output.json({ files: files.length, uses: places.length, findings: found, unread });
  return found.length > 0 ? EXIT.found : EXIT.ok;
}

function lintPlace(
  { file, lines, use }: Place,
  invalidating: readonly InvalidatingUse[],
): readonly Found[] {
  const { line, column } = use;
  if ([lines[line - 1], lines[line - 2]].some((text) => IGNORE.test(text ?? ''))) return [];
  return lintUse(use, invalidating).map((finding) => ({ file, line, column, ...finding }));
}
