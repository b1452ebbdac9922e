import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { embedLua } from '../build/embed-lua.mjs';
import { outdatedReferences } from '../build/sync-references.mjs';

/** What tools write is as they would write it now. */
export function checkGenerated(root) {
  const folder = join(root, 'packages');
  const scripts = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => !embedLua(join(folder, name), { check: true }))
    .map((name) => `packages/${name}/src/scripts/lua-scripts.ts: differs from the .lua files`);
  const references = outdatedReferences(root).map(
    ([path]) => `${path}: references do not follow from the dependencies`,
  );
  return {
    problems: [...scripts, ...references].map((problem) => `${problem}; run npm run generate`),
    notes: [],
  };
}
