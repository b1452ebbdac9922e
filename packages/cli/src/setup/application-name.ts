import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The name in the nearest package.json, fit for a namespace, as an application's CacheModule takes it; or `default`. */
export function applicationName(folder: string): string {
  const name = nameIn(join(folder, 'package.json'));
  const parent = dirname(folder);
  if (name !== undefined) return name.replace(/[^\w@./-]/g, '-').slice(0, 64);
  return parent === folder ? 'default' : applicationName(parent);
}

function nameIn(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { name } = JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: unknown };
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined; // not ours to judge
  }
}
