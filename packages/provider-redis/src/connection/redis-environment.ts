import type { EnvironmentReader, ProviderContext } from '@vitalcache/core';

import { parseAddresses } from './address.js';
import { CA_FILE_ACCEPTED, readCertificateAuthority } from './certificate-authority.js';
import type { RedisServiceOptions } from './redis-options.js';
import {
  contradictions,
  mergeTargets,
  parseRedisUrl,
  REDIS_URL_ACCEPTED,
  type RedisTarget,
} from './redis-target.js';

const SENTINELS_ACCEPTED =
  'host:port,host:port,… with <name>@ before it, such as main@10.0.0.1:26379,10.0.0.2:26379';
const NODES_ACCEPTED = 'host:port,host:port,…';

/**
 * Reads what says how to reach the servers: `<prefix>URL`, HOST, PORT, USERNAME, PASSWORD, DB, TLS, TLS_CA_FILE,
 * SENTINELS and CLUSTER_NODES; the URL and the password also from `<name>_FILE`. What is wrong is noted in the reader.
 * @param prefix `REDIS_` or `DRAGONFLY_`
 * @param shards stand for themselves: HOST, PORT, SENTINELS and CLUSTER_NODES then have no say
 */
export function readRedisEnvironment(
  reader: EnvironmentReader,
  prefix: string,
  shards: ProviderContext['shards'],
): RedisServiceOptions {
  const said: RedisTarget = {
    host: reader.string(`${prefix}HOST`),
    port: reader.integer(`${prefix}PORT`, 1, 65_535),
    username: reader.string(`${prefix}USERNAME`),
    password: reader.secret(`${prefix}PASSWORD`),
    db: reader.integer(`${prefix}DB`, 0, 999_999),
    tls: reader.boolean(`${prefix}TLS`),
  };
  const inUrl = readUrl(reader, prefix);
  for (const name of contradictions(inUrl, said)) {
    const other = `${prefix}${name.toUpperCase()}`;
    reader.reject(`${prefix}URL`, `a URL that agrees with ${other}, or only one of the two`);
  }
  const target = mergeTargets(inUrl, said);
  const sentinels = readSentinels(reader, prefix);
  const clusterNodes = readNodes(reader, prefix);
  const tlsCaFile = readCaFile(reader, prefix, target);
  if (sentinels && clusterNodes) {
    reader.reject(
      `${prefix}SENTINELS`,
      `only one of ${prefix}SENTINELS and ${prefix}CLUSTER_NODES`,
    );
  }
  if (clusterNodes && target.db) {
    reader.reject(
      `${prefix}DB`,
      `0 together with ${prefix}CLUSTER_NODES: a cluster has one database`,
    );
  }
  if ((sentinels ?? clusterNodes) && (target.host ?? target.port) !== undefined) {
    const [place, names] = sentinels ? ['SENTINELS', 'sentinels'] : ['CLUSTER_NODES', 'nodes'];
    const accepted = `not together with ${prefix}URL, ${prefix}HOST or ${prefix}PORT: the ${names} tell where to connect`;
    reader.reject(`${prefix}${place}`, accepted);
  }
  const { username, password, db, tls } = target;
  const common = { username, password, tls, tlsCaFile };
  if (shards) return { ...common, db, shards };
  if (sentinels) return { ...common, db, sentinels };
  return clusterNodes ? { ...common, clusterNodes } : { ...target, tlsCaFile };
}

function readUrl(reader: EnvironmentReader, prefix: string): RedisTarget {
  const url = reader.secret(`${prefix}URL`);
  try {
    return url === undefined ? {} : parseRedisUrl(url);
  } catch {
    reader.reject(`${prefix}URL`, REDIS_URL_ACCEPTED);
    return {};
  }
}

function readSentinels(
  reader: EnvironmentReader,
  prefix: string,
): RedisServiceOptions['sentinels'] {
  const text = reader.string(`${prefix}SENTINELS`);
  if (text === undefined) return undefined;
  const [, name, list = ''] = /^([\w.-]+)@(.+)$/.exec(text) ?? [];
  const nodes = parseAddresses(list);
  if (name !== undefined && nodes) return { name, nodes };
  return reader.reject(`${prefix}SENTINELS`, SENTINELS_ACCEPTED, text);
}

function readNodes(reader: EnvironmentReader, prefix: string): RedisServiceOptions['clusterNodes'] {
  const text = reader.string(`${prefix}CLUSTER_NODES`);
  if (text === undefined) return undefined;
  return parseAddresses(text) ?? reader.reject(`${prefix}CLUSTER_NODES`, NODES_ACCEPTED, text);
}

function readCaFile(
  reader: EnvironmentReader,
  prefix: string,
  { tls }: RedisTarget,
): string | undefined {
  const name = `${prefix}TLS_CA_FILE`;
  const file = reader.string(name);
  if (file === undefined) return undefined;
  if (!tls) return reader.reject(name, `only with ${prefix}TLS=true or a rediss:// ${prefix}URL`);
  try {
    readCertificateAuthority(file);
    return file;
  } catch {
    return reader.reject(name, CA_FILE_ACCEPTED, file);
  }
}
