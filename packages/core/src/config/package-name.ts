import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The name in the nearest package.json of a folder or one above it, fit for a namespace; `undefined` if none has one. */
export function nearestPackageName(folder: string): string | undefined {
  const name = nameIn(join(folder, 'package.json'));
  if (name !== undefined) return name.replace(/[^\w@./-]/g, '-').slice(0, 64);
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestPackageName(parent);
}

/** `undefined` for a manifest without a name, such as one that only marks a folder as ESM. */
function nameIn(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { name } = JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: unknown };
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined; // not ours to judge
  }
}
