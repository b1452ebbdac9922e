import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

const MODULES = `${sep}node_modules${sep}`;

/**
 * Ways to load what the application installed: from its entry script, and from the working directory. They serve where
 * this package's own place does not see the application's packages.
 */
export function applicationRequires(): readonly NodeJS.Require[] {
  return anchors().map((anchor) => createRequire(anchor));
}

/** The name in the application's package.json, fit for a namespace; `default` if there is none. */
export function applicationName(): string {
  for (const anchor of anchors()) {
    const name = anchor.includes(MODULES) ? undefined : nearestName(dirname(anchor));
    if (name !== undefined) return name.replace(/[^\w@./-]/g, '-').slice(0, 64);
  }
  return 'default';
}

/** The version of an installed package; `null` if it is not to be found, as in a bundle. */
export function versionOf(packageName: string): string | null {
  for (const require of applicationRequires()) {
    try {
      const manifest = require(`${packageName}/package.json`) as { readonly version?: string };
      if (manifest.version) return manifest.version;
    } catch {
      continue; // the next one may see it
    }
  }
  return null;
}

function anchors(): readonly string[] {
  const [, entry] = process.argv;
  const workingDirectory = join(process.cwd(), 'package.json');
  return entry !== undefined && existsSync(entry) ? [entry, workingDirectory] : [workingDirectory];
}

function nearestName(folder: string): string | undefined {
  const name = nameIn(join(folder, 'package.json'));
  const parent = dirname(folder);
  return name !== undefined || parent === folder ? name : nearestName(parent);
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
