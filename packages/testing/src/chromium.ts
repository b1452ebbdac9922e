import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The command that provides what {@link findChromium} did not find. */
export const CHROMIUM_COMMAND = 'apt-get install -y chromium (or set CHROMIUM_PATH)';

/** The Chromium of the system, for tests in a browser; `null` if there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | null {
  const { CHROMIUM_PATH, PATH = '' } = env;
  const places = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...(CHROMIUM_PATH ? [CHROMIUM_PATH] : []), ...places].find(isExecutable) ?? null;
}

/** With what it starts here: root can't have its sandbox, and containers have little shared memory. */
export function chromiumFlags(): string[] {
  return ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
