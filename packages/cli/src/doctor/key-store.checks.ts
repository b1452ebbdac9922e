import { EnvironmentReader } from '@vitalcache/core';
import type * as providerRedis from '@vitalcache/provider-redis';
import type { StoreExposure, StoreFindings } from '@vitalcache/provider-redis';

import type { Configuration } from '../setup/configuration.js';
import { loadInstalled } from '../setup/installed.js';
import { checkTransport } from './store.checks.js';
import { Findings, type Finding } from './finding.js';

type RedisPackage = typeof providerRedis;

const SUBJECT = 'key store';

/**
 * The store of keys that the variables name: apart from the values, and forgetful.
 * @param values what is known of the servers that hold values
 */
export async function checkKeyStore(
  { env, folder }: Configuration,
  values: readonly StoreExposure[],
): Promise<{ readonly isReachable: boolean; readonly findings: readonly Finding[] }> {
  const findings = new Findings(SUBJECT);
  const url = new EnvironmentReader(env).secret('CACHE_KEY_STORE_URL'); // or its file
  if (!url) {
    const message =
      'CACHE_KEY_STORE_URL is not set: keys can’t be destroyed before their time, and restricted data is refused.';
    findings.note('key store', 'warning', message);
    return { isReachable: true, findings: findings.list };
  }
  if (!/^rediss?:/.test(url)) {
    findings.note('key store', 'unknown', 'it is not a Redis: nothing is known here of it');
    return { isReachable: true, findings: findings.list };
  }
  const { found, exposure } = await describe(url, folder);
  if (!found?.isReachable || !exposure) {
    const message = 'It does not answer. Check that it runs, and CACHE_KEY_STORE_URL.';
    findings.note('reachable', 'problem', message);
    return { isReachable: false, findings: findings.list };
  }
  findings.note('reachable', 'ok', `${found.software} ${found.version ?? ''}`.trim());
  const shared = values.filter(
    ({ incarnation, peer }) =>
      peer === exposure.peer || (incarnation !== null && incarnation === exposure.incarnation),
  );
  findings.judge('separation', shared.length === 0, {
    well: 'a server of its own',
    ill: 'It is the server that holds the values: a copy of that would hold their keys, too. Name another one in CACHE_KEY_STORE_URL.',
    unknown: '',
  });
  checkForgetting(findings, found);
  checkTransport(findings, exposure);
  return { isReachable: true, findings: findings.list };
}

async function describe(url: string, folder: string) {
  const redis = await loadInstalled<RedisPackage>(
    '@vitalcache/provider-redis',
    folder,
    'CACHE_KEY_STORE_URL names a Redis',
  );
  const service = new redis.RedisService({ url, poolSize: 1, retryAttempts: 0 });
  const provider = new redis.RedisCacheProvider(service);
  try {
    await provider.connect();
    const [[found], [exposure]] = await Promise.all([provider.describe(), provider.exposure()]);
    return { found, exposure };
  } finally {
    await provider.close();
  }
}

function checkForgetting(findings: Findings, { persistence }: StoreFindings): void {
  const isWell = persistence && !persistence.aof && !persistence.rdb;
  findings.judge('persistence', isWell, {
    well: 'nothing is written to its disk',
    ill: 'It writes to its disk: keys that are destroyed stay in its files. Start it with --save "" --appendonly no.',
    unknown: 'it does not tell whether it writes to a disk',
  });
}
