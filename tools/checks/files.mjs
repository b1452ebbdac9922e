import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of the repository's own files: tracked and new ones, without what git ignores. */
export function listFiles(root) {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
  return execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], options)
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .sort();
}

/** The text of a file, or undefined for a binary one. */
export function readText(root, path) {
  const text = readFileSync(join(root, path), 'utf8');
  return text.includes('\0') ? undefined : text;
}

export const lineOf = (text, index) => text.slice(0, index).split('\n').length;

/** Sources that are shipped: no tests, no declarations. */
export const isSource = (path) =>
  /^packages\/[^/]+\/src\/.+\.ts$/.test(path) && !/\.(spec|d)\.ts$/.test(path);

/** Problems `path:line: message` for every match of one of `[pattern, message]` in the files. */
export function findMatches(root, paths, rules) {
  const problems = [];
  for (const path of paths) {
    const text = readText(root, path);
    if (text === undefined) continue;
    for (const [pattern, message] of rules) {
      for (const match of text.matchAll(pattern)) {
        problems.push(`${path}:${lineOf(text, match.index)}: ${message}: ${match[0].trim()}`);
      }
    }
  }
  return problems;
}
