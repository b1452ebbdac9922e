import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { findMatches, listFiles, readText } from './files.mjs';

// Put together from pieces, so that this file passes its own check.
const folders = ['wo' + 'rk', 'ro' + 'ot', 'ho' + 'me/\\w+', 'Us' + 'ers/\\w+'];
const rules = [
  [
    new RegExp(`(?<![\\w.@}*\\-/])/(?:${folders.join('|')})/`, 'g'),
    "a path of somebody's machine; use a relative one",
  ],
];

/** Refuses machine paths anywhere, and hosts of registries in the lock file. */
export function checkMachinePaths(root) {
  const problems = findMatches(root, listFiles(root), rules);
  const lock = existsSync(join(root, 'package-lock.json'))
    ? readText(root, 'package-lock.json')
    : '';
  for (const match of lock.matchAll(/"resolved": "([a-z+]+:[^"]*)"/g)) {
    problems.push(`package-lock.json: names a registry host: ${match[1]}`);
  }
  return { problems, notes: [] };
}
