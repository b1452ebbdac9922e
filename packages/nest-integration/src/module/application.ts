import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

import { nearestPackageName } from '@vitalcache/core';

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
    const name = anchor.includes(MODULES) ? undefined : nearestPackageName(dirname(anchor));
    if (name !== undefined) return name;
  }
  return 'default';
}

/**
 * The version of an installed package; `null` if it is not to be found, as in a bundle. By hand, because each manifest
 * that is resolved and loaded as a module costs the start ten milliseconds.
 */
export function versionOf(packageName: string): string | null {
  for (const anchor of anchors()) {
    const version = installedVersion(packageName, dirname(anchor));
    if (version !== null) return version;
  }
  return null;
}

/** As Node would find it from a folder. */
function installedVersion(packageName: string, folder: string): string | null {
  const version = versionIn(join(folder, 'node_modules', packageName, 'package.json'));
  const parent = dirname(folder);
  return version ?? (parent === folder ? null : installedVersion(packageName, parent));
}

function versionIn(file: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: unknown };
    return typeof version === 'string' ? version : null;
  } catch {
    return null; // not there, or not ours to judge
  }
}

function anchors(): readonly string[] {
  const [, entry] = process.argv;
  const workingDirectory = join(process.cwd(), 'package.json');
  return entry !== undefined && existsSync(entry) ? [entry, workingDirectory] : [workingDirectory];
}
