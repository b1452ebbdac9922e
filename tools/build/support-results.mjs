import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { ROWS } from './support-rows.mjs';

const SKIPPED = /\(skipped: (.*?)\)/;

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};

/** Every test in the results of the projects: `{project, file, suite, status, node}`. */
export function testsOf(folders) {
  return folders.flatMap((folder) =>
    ['test', 'integration', 'faults'].flatMap((target) => {
      const json = readJson(join(folder, '.results', `${target}.json`));
      if (!Array.isArray(json?.testResults) || json.node === undefined) return [];
      return json.testResults.flatMap(({ name, assertionResults }) =>
        assertionResults.map(({ status, ancestorTitles, title }) => ({
          project: basename(folder),
          file: basename(name),
          suite: ancestorTitles[0] ?? title,
          status,
          node: json.node,
        })),
      );
    }),
  );
}

/** Applications of fixtures/ that were run: passed tests by name. */
export function fixturesOf(root) {
  const lines = readJson(join(root, 'fixtures/.results/consume.json'))?.lines ?? [];
  const found = lines.map((line) => /^✔ ([\w-]+): (\d+) passed, 0 failed/.exec(line));
  return new Map(found.filter(Boolean).map(([, name, passed]) => [name, Number(passed)]));
}

/**
 * What the results say of each row.
 * @param versionOf version of what a row is about, as it is here
 * @returns `runs` of what passed without a failure, names of what `failing`, `missing` with the reason why nothing ran
 */
export async function readSupport({ tests, fixtures, versionOf, date }) {
  const runs = [];
  const missing = [];
  const failing = [];
  for (const row of ROWS) {
    const about = row.of ? tests.filter(row.of) : [];
    const passed = row.fixture
      ? (fixtures.get(row.fixture) ?? 0)
      : about.filter(({ status }) => status === 'passed').length;
    if (about.some(({ status }) => status === 'failed')) {
      failing.push(row.what);
    } else if (passed > 0) {
      const version = row.version === 'node' ? about[0].node.slice(1) : await versionOf(row);
      runs.push({ what: row.what, version, passed, date });
    } else {
      const why = about.map(({ suite }) => SKIPPED.exec(suite)?.[1]).find(Boolean);
      if (why !== undefined) missing.push({ what: row.what, why });
    }
  }
  return { runs, missing, failing };
}

/** Newest first within what it is; what ran now takes the place of what ran before on the same version. */
export function merge(before, now) {
  const isSame = (a) => (b) => a.what === b.what && a.version === b.version;
  const kept = before.runs.filter((run) => !now.runs.some(isSame(run)));
  const order = ROWS.map(({ what }) => what);
  const byVersion = (a, b) => b.version.localeCompare(a.version, 'en', { numeric: true });
  const runs = [...kept, ...now.runs].sort(
    (a, b) => order.indexOf(a.what) - order.indexOf(b.what) || byVersion(a, b),
  );
  return { runs, missing: now.missing };
}
