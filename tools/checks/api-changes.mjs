import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { listFiles } from './files.mjs';

const REPORT = /^packages\/([^/]+)\/api-report\.md$/;
const CHANGESET = /^\.changeset\/(?!README).*\.md$/;

function git(root, ...args) {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio });
  } catch {
    return null;
  }
}

/**
 * What exports and changesets are compared with: where this branch left the main one; on the main one itself the release that
 * has its version. `null` if there is neither.
 */
function baseOf(root) {
  const head = git(root, 'rev-parse', 'HEAD')?.trim();
  for (const main of ['origin/main', 'main']) {
    const base = git(root, 'merge-base', 'HEAD', main)?.trim();
    if (base && base !== head) return base;
  }
  const changed = git(root, 'status', '--porcelain')?.trim();
  if (changed) return head ?? null;
  const { version } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8'));
  return git(root, 'rev-parse', '--verify', `@vitalcache/core@${version}^{commit}`)?.trim() ?? null;
}

/** A package whose exports are not what they were is named in a changeset that was not there before. */
export function checkApiChanges(root) {
  const base = baseOf(root);
  if (base === null) return { problems: [], notes: ['no branch and no release to compare with'] };
  const before = (path) => git(root, 'show', `${base}:${path}`);
  const files = listFiles(root);
  const told = files
    .filter((path) => CHANGESET.test(path))
    .map((path) => [readFileSync(join(root, path), 'utf8'), before(path)])
    .filter(([now, old]) => now !== old)
    .map(([now]) => now.split('\n---')[0])
    .join('\n');
  const problems = files.flatMap((path) => {
    const [, name] = REPORT.exec(path) ?? [];
    const old = name && before(path);
    if (!old || old === readFileSync(join(root, path), 'utf8')) return [];
    if (told.includes(`@vitalcache/${name}'`) || told.includes(`@vitalcache/${name}"`)) return [];
    return [
      `${path}: what @vitalcache/${name} exports has changed: run npm run changeset, and say what a user will notice`,
    ];
  });
  return { problems, notes: [] };
}
