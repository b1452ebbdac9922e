import { isIP } from 'node:net';

import { CacheError, type Shard, type StoreTuning } from '@vitalcache/core';
import type { RedisOptions } from 'ioredis';

import type { SentinelOptions } from '../topology/sentinel-directory.js';
import { formatAddress, type Address, type AddressMap } from './address.js';
import { readCertificateAuthority } from './certificate-authority.js';
import type { Endpoint } from './redis-link.js';
import { unreachable } from './redis.errors.js';
import { contradictions, mergeTargets, parseRedisUrl, type RedisTarget } from './redis-target.js';
import type { ServerIdentity } from './server-identity.js';

/** What to sign in with. */
export interface Credentials {
  readonly username?: string | undefined;
  readonly password: string;
}

/** How many copies an invalidation of a durable namespace must have reached before it counts as recorded. */
export interface Durability {
  /** Replicas that must have received it (WAIT, or WAITAOF together with `aof`). Default: 0. */
  readonly replicas?: number;
  /** It must be on the disk of the primary (WAITAOF, Redis 7.2 or later with `appendonly yes`). Default: false. */
  readonly aof?: boolean;
}

/** How to reach the servers, and how to work with them. Everything has a default. */
export interface RedisServiceOptions extends RedisTarget {
  /** `redis://` or `rediss://`. What it says must not be said otherwise by the other options. */
  readonly url?: string | undefined;
  /** PEM file with the certificate authority that signed the servers' certificates. Needs TLS. */
  readonly tlsCaFile?: string | undefined;
  /** Name that the servers' certificates must hold; absent: the host that is connected to. Needs TLS. */
  readonly tlsServerName?: string | undefined;
  /** Asked before each connection is opened, so that secrets can change; instead of `username` and `password`. */
  readonly credentials?: (() => Credentials | Promise<Credentials>) | undefined;
  /** Sentinels that know the primary; instead of `host` and `port`. */
  readonly sentinels?: SentinelOptions | undefined;
  /** Some nodes of a Redis Cluster; instead of `host` and `port`. */
  readonly clusterNodes?: readonly Address[] | undefined;
  /** Independent stores that share the keys; what one lacks comes from these options. */
  readonly shards?: readonly Shard[] | undefined;
  /** Name of the shard that holds the journal; the same in all processes. Default: the first. */
  readonly journal?: string | undefined;
  /** How servers that announce one address (`host:port`) are reached from here. */
  readonly addressMap?: AddressMap | undefined;
  /** Connections for commands to one server; 100 if absent. */
  readonly poolSize?: number | undefined;
  /** Connections to all servers together; 1 000 if absent. */
  readonly maxConnections?: number | undefined;
  /** Connections for commands to open at least, by what the server says of itself; 1 if absent. */
  readonly leastConnections?: ((identity: ServerIdentity) => number) | undefined;
  readonly tuning?: Partial<StoreTuning> | undefined;
  /** Reads may be answered by replicas, where there are any; true if absent. */
  readonly readsReplicas?: boolean | undefined;
  readonly durability?: Durability | undefined;
  /** Bound on opening a connection, milliseconds; 5 000 if absent. */
  readonly connectTimeoutMs?: number | undefined;
  /** Bound on one command, milliseconds; 3 000 if absent. */
  readonly commandTimeoutMs?: number | undefined;
  /** How often a command that may be sent twice is tried again after a passing failure; 3 if absent. */
  readonly retryAttempts?: number | undefined;
  /** Longest pause between two tries, of commands and of connecting, milliseconds; 1 000 if absent. */
  readonly retryDelayMs?: number | undefined;
  /** Receives one line a transition of a store; it holds no secret. */
  readonly onStateChange?: ((line: string) => void) | undefined;
  /** Uniform in [0, 1): jitter of reconnecting, nonces of the journal. `Math.random` if absent. */
  readonly random?: (() => number) | undefined;
}

/** How long a closing connection may take before its socket is destroyed. */
export const DISCONNECT_TIMEOUT_MS = 250;

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

/** Options that stand for themselves, with their defaults. */
export function withDefaults(options: RedisServiceOptions) {
  const { poolSize = 100, maxConnections = 1_000, readsReplicas = true } = options;
  const { connectTimeoutMs = 5_000, commandTimeoutMs = 3_000 } = options;
  const { retryAttempts = 3, retryDelayMs = 1_000, random = Math.random } = options;
  return {
    poolSize,
    maxConnections,
    readsReplicas,
    connectTimeoutMs,
    commandTimeoutMs,
    retryAttempts,
    retryDelayMs,
    random,
    tuning: { isBatching: true, isBalanced: true, isScaling: true, ...options.tuning },
    durability: { replicas: 0, aof: false, ...options.durability },
    addressMap: options.addressMap ?? {},
    onStateChange: options.onStateChange ?? (() => undefined),
  };
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

/** Doubles from 50 ms to the longest pause, of which a random half, so that a fleet does not return in step. */
export function retryPauseMs(attempt: number, longestMs: number, random: () => number): number {
  const pauseMs = Math.min(50 * 2 ** Math.min(attempt - 1, 20), longestMs);
  return Math.round(pauseMs * (0.5 + random() / 2));
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

export function invalid(message: string): CacheError {
  return new CacheError('CONFIG_INVALID', message);
}
