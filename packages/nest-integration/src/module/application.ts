import { existsSync } from 'node:fs';
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
