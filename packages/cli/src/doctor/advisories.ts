/** A published weakness of a server's make, and the first version of each line that is without it. */
interface Advisory {
  readonly id: string;
  readonly what: string;
  readonly fixed: Readonly<Partial<Record<'redis' | 'valkey', readonly string[]>>>;
}

/** The month up to which notices were read for the table below: later ones are not in it. */
export const ADVISORIES_READ = 'August 2026';

/** Newest first; of each year those that a cache's users can reach. Ids and versions as in the makes' own notices. */
const ADVISORIES: readonly Advisory[] = [
  {
    id: 'CVE-2026-81934',
    what: 'execution of code through TLS',
    fixed: {
      redis: ['6.2.24', '7.2.16', '7.4.11', '8.2.9', '8.4.6', '8.6.6', '8.8.2', '8.10.1'],
    },
  },
  {
    id: 'CVE-2026-56684, CVE-2026-63639',
    what: 'execution of code through TLS, or a file that is loaded',
    fixed: { valkey: ['7.2.14', '8.0.10', '8.1.9', '9.0.5', '9.1.1'] },
  },
  {
    id: 'CVE-2026-23479, CVE-2026-25243, CVE-2026-23631',
    what: 'use of freed memory, also through RESTORE and Lua',
    fixed: { valkey: ['7.2.13', '8.0.9', '8.1.7', '9.0.4', '9.1.0'] },
  },
  {
    id: 'CVE-2025-67733, CVE-2026-21863',
    what: 'forged replies through Lua, crashes through the cluster bus',
    fixed: { valkey: ['7.2.12', '8.0.7', '8.1.6', '9.0.2'] },
  },
  {
    id: 'CVE-2025-49844',
    what: 'execution of code through Lua',
    fixed: {
      redis: ['6.2.20', '7.2.11', '7.4.6', '8.0.4', '8.2.2'],
      valkey: ['7.2.11', '8.0.6', '8.1.4'],
    },
  },
  {
    id: 'CVE-2025-32023',
    what: 'writing out of bounds',
    fixed: {
      redis: ['6.2.19', '7.2.10', '7.4.5', '8.0.3'],
      valkey: ['7.2.10', '8.0.4', '8.1.3'],
    },
  },
  {
    id: 'CVE-2024-31228, CVE-2024-31449',
    what: 'crashes by patterns, execution of code through Lua',
    fixed: { redis: ['6.2.16', '7.2.6', '7.4.1'], valkey: ['7.2.7', '8.0.1'] },
  },
  {
    id: 'CVE-2022-36021',
    what: 'endless matching of patterns',
    fixed: { redis: ['6.2.11', '7.0.9'] },
  },
];

/** What is known against a version; `null` if the version can't be read or nothing is known of the make. */
export function advisoriesOf(software: string, version: string): readonly string[] | null {
  const own = parse(version);
  if (!own || (software !== 'redis' && software !== 'valkey')) return null;
  return ADVISORIES.filter(({ fixed }) => !isPast(own, fixed[software] ?? [])).map(
    ({ id, what }) => `${id} (${what})`,
  );
}

type Version = readonly [major: number, minor: number, patch: number];

/** Whether a version is past what fixed its line; in a line without a fix, whether it is newer than all that have one. */
function isPast(own: Version, fixed: readonly string[]): boolean {
  const lines = fixed.flatMap((text) => {
    const version = parse(text);
    return version ? [version] : [];
  });
  const ofLine = lines.find(([major, minor]) => major === own[0] && minor === own[1]);
  if (ofLine) return own[2] >= ofLine[2];
  return lines.every((version) => compare(own, version) > 0);
}

function parse(text: string): Version | null {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(text) ?? [];
  return major === undefined ? null : [Number(major), Number(minor), Number(patch)];
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
