import { isIP } from 'node:net';

import type { Shard } from '@vitalcache/core';
import type { RedisOptions } from 'ioredis';

import { formatAddress, type Address } from './address.js';
import { readCertificateAuthority } from './certificate-authority.js';
import { DISCONNECT_TIMEOUT_MS, type Endpoint } from './redis-link.js';
import { invalid, withDefaults, type RedisServiceOptions } from './redis-options.js';
import { unreachable } from './redis.errors.js';
import { contradictions, mergeTargets, parseRedisUrl, type RedisTarget } from './redis-target.js';

/** One server, or group of servers with the same sign-in, as it is connected to. */
export interface Target {
  readonly address: Address;
  readonly db: number;
  /** What is the same for all connections. */
  readonly client: RedisOptions;
  /** Where and how to connect to a server of this group. @throws Error if the credentials can't be had */
  endpoint(address: Address): Promise<Endpoint>;
  /** The part of an endpoint that is about TLS; `false`: without TLS. Absent: as this group has it. */
  tls(address: Address, isEncrypted?: boolean): Pick<Endpoint, 'tls'>;
}

/**
 * Settles what a cache needs of ioredis: nothing is queued while there is no connection, nothing is sent twice, and
 * reconnecting is ours.
 * @param shard what it says goes before what the options say
 * @throws CacheError `CONFIG_INVALID` for contradictory options, an unusable URL or an unreadable CA file.
 */
export function resolveTarget(options: RedisServiceOptions, shard?: Shard): Target {
  const target = mergeTargets(shard ?? {}, targetOf(options));
  const { host = 'localhost', port = 6379, db = 0, tls = false, username, password } = target;
  const { connectTimeoutMs, commandTimeoutMs } = withDefaults(options);
  const ca =
    options.tlsCaFile === undefined ? {} : { ca: readCertificateAuthority(options.tlsCaFile) };
  const client: RedisOptions = {
    db,
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    enableOfflineQueue: false,
    // The link asks who the server is by itself.
    enableReadyCheck: false,
    // A command that lost its connection fails at once: sent again, it could reach a server with another history.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => null,
    // The replies of ioredis 5; nothing here needs more, and a woken XREAD has one shape everywhere.
    protocol: 2,
  };
  const tlsTo: Target['tls'] = (address, isEncrypted = tls) => {
    const servername = options.tlsServerName ?? address.host;
    return isEncrypted ? { tls: { ...(isIP(servername) === 0 && { servername }), ...ca } } : {};
  };
  const isOwn = shard?.username !== undefined || shard?.password !== undefined;
  const signIn = isOwn ? undefined : options.credentials;
  return {
    address: { host, port },
    db,
    client,
    async endpoint(address) {
      const said = signIn ? await askFor(signIn) : { username, password };
      return {
        ...address,
        ...(said.username !== undefined && { username: said.username }),
        ...(said.password !== undefined && { password: said.password }),
        ...tlsTo(address),
      };
    },
    tls: tlsTo,
  };
}

/** `host:port/db`, for people and for the names of shards. */
export function describeTarget({ address, db }: Target): string {
  return `${formatAddress(address)}/${db}`;
}

async function askFor(credentials: NonNullable<RedisServiceOptions['credentials']>) {
  try {
    const { username, password } = await credentials();
    return { username, password };
  } catch {
    throw unreachable('NO_CREDENTIALS'); // what went wrong may quote a secret
  }
}

function targetOf(options: RedisServiceOptions): RedisTarget {
  const { url, host, port, username, password, db, tls } = options;
  const said: RedisTarget = { host, port, username, password, db, tls };
  const target = url === undefined ? said : mergeTargets(said, parseRedisUrl(url));
  const [first] = url === undefined ? [] : contradictions(said, parseRedisUrl(url));
  if (first) throw invalid(`url and ${first} contradict each other; give one of them.`);
  assertCompatible(options, target);
  return target;
}

function assertCompatible(options: RedisServiceOptions, target: RedisTarget): void {
  const { credentials, sentinels, clusterNodes, shards, journal, tlsCaFile, tlsServerName } =
    options;
  if (!target.tls && tlsCaFile !== undefined)
    throw invalid('tlsCaFile has no effect without TLS; set tls: true or use rediss://.');
  if (!target.tls && tlsServerName !== undefined)
    throw invalid('tlsServerName has no effect without TLS; set tls: true or use rediss://.');
  if (credentials && (target.username ?? target.password) !== undefined)
    throw invalid('credentials takes the place of username and password; give one of them.');
  const places = { sentinels, clusterNodes, shards };
  const given = Object.entries(places).flatMap(([name, value]) => (value ? [name] : []));
  if (given.length > 1)
    throw invalid(`${given.join(' and ')} exclude each other; give one of them.`);
  if ((sentinels ?? clusterNodes) && (target.host ?? target.port) !== undefined)
    throw invalid(`${given[0]} takes the place of host, port and url; give one of them.`);
  if (clusterNodes && target.db)
    throw invalid(`db is ${target.db}, but a Redis Cluster has database 0 only.`);
  if (sentinels?.nodes.length === 0 || clusterNodes?.length === 0 || shards?.length === 0)
    throw invalid(`${given[0]} must name at least one server.`);
  if (journal !== undefined && !shards)
    throw invalid('journal names one of several shards; without shards there is one store only.');
}
