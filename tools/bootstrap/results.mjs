import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

import { root } from './process.mjs';

const FOLDER = '.results';

export const projectFolders = () =>
  ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(root, group, entry.name)),
  );

/** Where results are left: the consumers in `fixtures` are no projects of npm. */
const resultFolders = () => [...projectFolders(), join(root, 'fixtures')];

const resultFiles = (targets, folders) =>
  folders.flatMap((folder) =>
    targets.map((target) => ({ folder, path: join(folder, FOLDER, `${target}.json`) })),
  );

/** So that what is read afterwards was written, or replayed from the cache, by this run. */
export function forgetResults(targets) {
  for (const file of resultFiles(targets, resultFolders())) rmSync(file.path, { force: true });
}

/**
 * Adds up the JSON that Jest left in each project. A test file that could not even be loaded counts
 * as one failure; tests that failed or did not run are named, with their file. `lines` is what else there is to tell.
 */
export function readResults(targets, folders = resultFolders()) {
  const total = { passed: 0, failed: 0, failures: [], skipped: [], lines: [] };
  for (const { folder, path } of resultFiles(targets, folders)) {
    let json;
    try {
      json = JSON.parse(readFileSync(path, 'utf8'));
    } catch {
      continue;
    }
    total.lines.push(...(json.lines ?? []));
    total.passed += json.numPassedTests;
    total.failed += json.numFailedTests + json.numRuntimeErrorTestSuites;
    for (const file of json.testResults) {
      const name = `${basename(folder)}/${relative(folder, file.name)}`;
      if (file.status === 'failed' && file.assertionResults.length === 0) total.failures.push(name);
      for (const { status, fullName } of file.assertionResults) {
        if (status === 'passed') continue;
        total[status === 'failed' ? 'failures' : 'skipped'].push(`${name} › ${fullName}`);
      }
    }
  }
  return total;
}

/**
 * Tests that did not run, a line each; those of a suite that says why, such as `Valkey (skipped: no Valkey: …)`, share
 * one line.
 */
export function linesOfSkipped(names) {
  const counts = new Map();
  for (const name of names) {
    const suite = /^.*?\(skipped: .*?\)(?= |$)/.exec(name)?.[0] ?? name;
    counts.set(suite, (counts.get(suite) ?? 0) + 1);
  }
  return [...counts].map(([suite, count]) => (count === 1 ? suite : `${suite}, ${count} tests`));
}
