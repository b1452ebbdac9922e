import type { StoreExposure, StoreFindings } from '@vitalcache/provider-redis';

import { ADVISORIES_READ, advisoriesOf } from './advisories.js';
import { Findings, type Finding } from './finding.js';

const MAX_SKEW_MS = 5_000;

/** What the servers say of themselves, judged. */
export function checkStores(
  findings: readonly StoreFindings[],
  exposures: readonly StoreExposure[],
): readonly Finding[] {
  return findings.flatMap((found) => {
    const exposure = exposures.find(({ store }) => store === found.store);
    return checkStore(found, exposure?.isReachable === true ? exposure : null);
  });
}

function checkStore(found: StoreFindings, exposure: StoreExposure | null): readonly Finding[] {
  const findings = new Findings(found.store);
  if (!found.isReachable) {
    findings.note(
      'reachable',
      'problem',
      'It does not answer. Check that it runs and how it is reached.',
    );
    return findings.list;
  }
  findings.note('reachable', 'ok', `${found.software} ${found.version ?? 'of an unknown version'}`);
  checkVersion(findings, found);
  checkSetup(findings, found);
  if (exposure) {
    checkTransport(findings, exposure);
    checkRights(findings, exposure);
    checkReplicas(findings, found, exposure);
    checkTraces(findings, exposure);
  }
  return findings.list;
}

function checkVersion(findings: Findings, { software, version }: StoreFindings): void {
  const known = software && version ? advisoriesOf(software, version) : null;
  findings.judge('version', known && known.length === 0, {
    well: `no weakness of this version is known here (notices up to ${ADVISORIES_READ}; for later ones follow those of its make)`,
    ill: `Known against this version (notices up to ${ADVISORIES_READ}): ${known?.join('; ')}. Update it, unless your distribution has patched it under the same number.`,
    unknown: `nothing is known here of ${software} ${version ?? ''}; follow its security notices`,
  });
}

function checkSetup(findings: Findings, found: StoreFindings): void {
  const { evictionPolicy, persistence, clockSkewMs, maxBytes, idleTimeoutSeconds, role } = found;
  const evictsAll = evictionPolicy?.startsWith('allkeys') === true || evictionPolicy === 'eviction';
  findings.judge('eviction', evictionPolicy === null ? null : !evictsAll, {
    well: `${evictionPolicy}`,
    ill: `${evictionPolicy} may evict the journal, and then everything misses. Use noeviction or volatile-lru.`,
    unknown:
      'it does not tell its policy; allow +config|get, or see that it is noeviction or volatile-*',
  });
  findings.judge(
    'memory bound',
    maxBytes !== null,
    {
      well: `${maxBytes} bytes`,
      ill: 'Its memory has no bound. Set maxmemory, so that it refuses writes instead of being killed.',
      unknown: '',
    },
    'warning',
  );
  const written = [
    ...(persistence?.aof ? ['an append-only file'] : []),
    ...(persistence?.rdb ? ['snapshots'] : []),
  ];
  findings.judge(
    'persistence',
    persistence && written.length === 0,
    {
      well: 'nothing is written to its disk',
      ill: `It writes ${written.join(' and ')}: what was cached stays there after it expired, sealed where it was protected. Switch it off (save "", appendonly no) unless you need it.`,
      unknown: 'it does not tell whether it writes to a disk',
    },
    'warning',
  );
  findings.judge(
    'clock',
    clockSkewMs === null ? null : Math.abs(clockSkewMs) <= MAX_SKEW_MS,
    {
      well: `${clockSkewMs} ms off this machine's`,
      ill: `Its clock differs by ${Math.round((clockSkewMs ?? 0) / 1_000)} s from this machine's. Use NTP on both.`,
      unknown: 'it does not tell the time; allow +time',
    },
    'warning',
  );
  if ((idleTimeoutSeconds ?? 0) > 0) {
    const message = `It closes connections that are idle for ${idleTimeoutSeconds} s. Set timeout to 0.`;
    findings.note('idle timeout', 'warning', message);
  }
  if (role === 'replica') {
    findings.note('role', 'problem', 'It is a replica. Name the primary in the variables.');
  }
}

/** Whether others could read along. */
export function checkTransport(
  findings: Findings,
  { isEncrypted, isLoopback }: StoreExposure,
): void {
  const isWell = isEncrypted === true || isLoopback === true;
  findings.judge('TLS', isWell, {
    well: isEncrypted ? 'the connection is encrypted' : 'not encrypted, but on this machine',
    ill: 'The connection is not encrypted. Use rediss:// or the variable TLS=true of the provider, and TLS_CA_FILE.',
    unknown: '',
  });
}

function checkRights(findings: Findings, { user, mayRun }: StoreExposure): void {
  findings.judge('ACL user', user === null ? null : user !== 'default', {
    well: `${user}`,
    ill: 'The cache signs in as the default user. Give it a user of its own: the ACL rule is in the README of @vitalcache/provider-redis.',
    unknown: 'it may not ask who it is (+acl|whoami)',
  });
  findings.judge('ACL commands', mayRun === null ? null : mayRun.length === 0, {
    well: 'nothing dangerous is allowed',
    ill: `The user may run ${mayRun?.join(', ')}. Allow what the ACL rule lists, and nothing else.`,
    unknown:
      'it may not ask (ACL DRYRUN): run the doctor as an administrator, with --user and the name of the cache’s user',
  });
}

function checkReplicas(
  findings: Findings,
  { replicas }: StoreFindings,
  { minReplicas }: StoreExposure,
): void {
  const isAlone = replicas === 0;
  findings.judge(
    'min-replicas-to-write',
    isAlone || (minReplicas === null ? null : minReplicas > 0),
    {
      well: isAlone ? 'it has no replicas' : `${minReplicas}`,
      ill: 'It takes writes without replicas: after a failover the old primary may go on answering. Set it to 1.',
      unknown: 'it does not tell; allow +config|get',
    },
    'warning',
  );
}

function checkTraces(findings: Findings, exposure: StoreExposure): void {
  const { keyspaceEvents, slowlogMicroseconds } = exposure;
  findings.judge(
    'notify-keyspace-events',
    keyspaceEvents === null ? null : keyspaceEvents === '',
    {
      well: 'off',
      ill: `On (${keyspaceEvents}): whoever may subscribe is told every key. Set it to "".`,
      unknown: 'it does not tell; allow +config|get',
    },
    'warning',
  );
  findings.judge(
    'slowlog',
    slowlogMicroseconds === null ? null : slowlogMicroseconds < 0 || slowlogMicroseconds >= 1_000,
    {
      well:
        (slowlogMicroseconds ?? 0) < 0 ? 'off' : `commands from ${slowlogMicroseconds} µs are kept`,
      ill: `It keeps commands from ${slowlogMicroseconds} µs, that is nearly all, with the beginnings of their arguments. Set slowlog-log-slower-than to 10000.`,
      unknown: 'it does not tell; allow +config|get',
    },
    'warning',
  );
}
