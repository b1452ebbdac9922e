import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { brokenControls, controlsPage } from '../build/write-controls.mjs';

/** The table of controls names tests that exist, and its page says what the table says. */
export async function checkControls(root) {
  const path = join(root, 'docs/healthcare/controls.md');
  const page = await controlsPage(root);
  const isCurrent = page === null || (existsSync(path) && readFileSync(path, 'utf8') === page);
  const problems = brokenControls(root);
  if (!isCurrent)
    problems.push('docs/healthcare/controls.md: not as written; run npm run generate');
  return { problems, notes: [] };
}
