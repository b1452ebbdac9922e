import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { licenceFiles, licenceProblems } from '../build/write-licences.mjs';

/** Everything that is used is under a permissive licence, and the page names what is passed on. */
export async function checkLicences(root) {
  const outdated = Object.entries(await licenceFiles(root))
    .filter(
      ([path, text]) =>
        !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text,
    )
    .map(([path]) => `${path}: not as written; run npm run generate`);
  return { problems: [...licenceProblems(root), ...outdated], notes: [] };
}
