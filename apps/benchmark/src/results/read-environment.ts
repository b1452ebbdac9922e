import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

import type { IPeer } from '../peers/peer.js';
import type { BenchmarkResult, EnvironmentResult } from './benchmark-result.js';

export function readEnvironment(): EnvironmentResult {
  return {
    node: process.version,
    os: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadAtStart: Number((loadavg()[0] ?? 0).toFixed(1)),
  };
}

/** The commit of the working folder; `unknown` where there is no repository. */
export function readCommit(): Pick<BenchmarkResult, 'commit' | 'isDirty'> {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return { commit: git('rev-parse', '--short=12', 'HEAD'), isDirty: git('diff', 'HEAD') !== '' };
  } catch {
    return { commit: 'unknown', isDirty: false };
  }
}

/** Versions of the packages that peers consist of. */
export function readVersions(peers: readonly IPeer[]): Readonly<Record<string, string>> {
  const names = new Set(peers.flatMap(({ packages }) => packages));
  return Object.fromEntries([...names].sort().map((name) => [name, versionOf(name)]));
}

/** Some packages export no `package.json`: it is found above what they do export. */
function versionOf(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name));
  for (;;) {
    try {
      const text = readFileSync(join(folder, 'package.json'), 'utf8');
      const { version } = JSON.parse(text) as { version?: string };
      if (version !== undefined) return version;
    } catch {
      // a folder inside the package
    }
    if (folder === dirname(folder)) return 'unknown';
    folder = dirname(folder);
  }
}
