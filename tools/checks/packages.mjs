import { outdatedPackagesPage } from '../build/write-packages.mjs';
import { listFiles, readText } from './files.mjs';

/** Two screens: what needs more has a page under docs/, and a link to it. */
const MAX_README_LINES = 110;

/** The page on what packages weigh and pull in is as it would be written now, and each README is short. */
export async function checkPackages(root) {
  return { problems: [...(await outdatedPackagesPage(root)), ...longReadmes(root)], notes: [] };
}

/** READMEs of packages that are longer than two screens. */
export function longReadmes(root) {
  return listFiles(root)
    .filter((path) => /^packages\/[^/]+\/README\.md$/.test(path))
    .flatMap((path) => {
      const lines = readText(root, path).trimEnd().split('\n').length;
      if (lines <= MAX_README_LINES) return [];
      const what = `${lines} lines, at most ${MAX_README_LINES}; move explanations to a page under docs/`;
      return [`${path}:${MAX_README_LINES + 1}: ${what}`];
    });
}
