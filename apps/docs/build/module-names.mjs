import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const SOURCE = '@vitalcache/source';

/** Everything that packages export, by the name under which applications import it: `[[name, source file], …]`. */
export function moduleNames(root) {
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const manifest = readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8');
    const { name, exports } = JSON.parse(manifest);
    return Object.entries(exports)
      .filter(([, conditions]) => conditions[SOURCE])
      .map(([subpath, conditions]) => [
        name + subpath.slice(1),
        posix.join('packages', folder, conditions[SOURCE]),
      ]);
  });
}
