import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the sources can be read, as package.json says; undefined: it does not. */
export function repositoryUrl(root) {
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const url = typeof repository === 'string' ? repository : repository?.url;
  return url?.replace(/^git\+/, '').replace(/\.git$/, '');
}
