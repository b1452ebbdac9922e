import { basename } from 'node:path';

import { findMatches, listFiles, readText } from './files.mjs';

// Put together from pieces, so that this file passes its own check.
const folders = ['wo' + 'rk', 'ro' + 'ot', 'ho' + 'me/\\w+', 'Us' + 'ers/\\w+'];
const rules = [
  [
    new RegExp(`(?<![\\w.@}*\\-/])/(?:${folders.join('|')})/`, 'g'),
    "a path of somebody's machine; use a relative one",
  ],
];

/** Refuses machine paths anywhere, and hosts of registries in lock files. */
export function checkMachinePaths(root) {
  const files = listFiles(root);
  const problems = findMatches(root, files, rules);
  for (const path of files.filter((file) => basename(file) === 'package-lock.json')) {
    for (const match of readText(root, path).matchAll(/"resolved": "([a-z+]+:[^"]*)"/g)) {
      problems.push(`${path}: names a registry host: ${match[1]}`);
    }
  }
  return { problems, notes: [] };
}
