import { existsSync } from 'node:fs';

import { onPath, run } from './process.mjs';

export const canInstall = () =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get') !== undefined;

/** Installs a package of the system, with a look for newer lists of packages where the known ones don't do. */
export async function aptInstall(name) {
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', name], quiet);
  const result = await install();
  if (result.code === 0) return result;
  await run('apt-get', ['update'], quiet);
  return install();
}
