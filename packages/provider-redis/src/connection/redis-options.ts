import { isIP } from 'node:net';

import { CacheError } from '@vitalcache/core';
import type { RedisOptions } from 'ioredis';

import { readCertificateAuthority } from './certificate-authority.js';
import { contradictions, mergeTargets, parseRedisUrl, type RedisTarget } from './redis-target.js';

/** How to reach one standalone Redis or Valkey server. */
export interface RedisServiceOptions extends RedisTarget {
  /** `redis://` or `rediss://`. What it says must not be said otherwise by the other options. */
  readonly url?: string | undefined;
  /** PEM file with the certificate authority that signed the server's certificate. Needs TLS. */
  readonly tlsCaFile?: string | undefined;
  /** Bound on opening a connection, milliseconds; 5 000 if absent. */
  readonly connectTimeoutMs?: number | undefined;
  /** Bound on one command, milliseconds; 3 000 if absent. */
  readonly commandTimeoutMs?: number | undefined;
  /** Receives one line a transition of the connection; it holds no secret. */
  readonly onStateChange?: ((line: string) => void) | undefined;
  /** Uniform in [0, 1): jitter of reconnecting, nonces of the journal. `Math.random` if absent. */
  readonly random?: (() => number) | undefined;
}

/** The same, complete and checked. */
export interface ResolvedRedisOptions {
  readonly client: RedisOptions;
  /** `host:port/db`, for people. */
  readonly address: string;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly onStateChange: (line: string) => void;
  readonly random: () => number;
}

/** How long a closing connection may take before its socket is destroyed. */
export const DISCONNECT_TIMEOUT_MS = 250;

const LONGEST_RETRY_MS = 2_000;

/**
 * Fills in the defaults and settles what a cache needs of ioredis: nothing is queued while there is no connection,
 * nothing is sent twice, and reconnecting never stops.
 * @throws CacheError `CONFIG_INVALID` for contradictory options, an unusable URL or an unreadable CA file.
 */
export function resolveRedisOptions(options: RedisServiceOptions): ResolvedRedisOptions {
  const target = targetOf(options);
  const { host = 'localhost', port = 6379, db = 0, tls = false } = target;
  const { connectTimeoutMs = 5_000, commandTimeoutMs = 3_000, random = Math.random } = options;
  const client: RedisOptions = {
    host,
    port,
    db,
    ...(target.username !== undefined && { username: target.username }),
    ...(target.password !== undefined && { password: target.password }),
    ...(tls && { tls: tlsOptions(host, options.tlsCaFile) }),
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    enableOfflineQueue: false,
    // A command that lost its connection fails at once: sent again, it could reach a server with another history.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => retryDelayMs(times, random),
    // The replies of ioredis 5; nothing here needs more, and a woken XREAD has one shape everywhere.
    protocol: 2,
  };
  const onStateChange = options.onStateChange ?? (() => undefined);
  const address = `${isIP(host) === 6 ? `[${host}]` : host}:${port}/${db}`;
  return { client, address, connectTimeoutMs, commandTimeoutMs, onStateChange, random };
}

/** Doubles from 50 ms to 2 s, of which a random half, so that a fleet does not return in step. */
export function retryDelayMs(times: number, random: () => number): number {
  const longest = Math.min(50 * 2 ** Math.min(times - 1, 10), LONGEST_RETRY_MS);
  return Math.round(longest * (0.5 + random() / 2));
}

function targetOf(options: RedisServiceOptions): RedisTarget {
  const { url, host, port, username, password, db, tls, tlsCaFile } = options;
  const said: RedisTarget = { host, port, username, password, db, tls };
  const target = url === undefined ? said : mergeTargets(said, parseRedisUrl(url));
  const [first] = url === undefined ? [] : contradictions(said, parseRedisUrl(url));
  if (first)
    throw new CacheError(
      'CONFIG_INVALID',
      `url and ${first} contradict each other; give one of them.`,
    );
  if (tlsCaFile !== undefined && !target.tls) {
    throw new CacheError(
      'CONFIG_INVALID',
      'tlsCaFile has no effect without TLS; set tls: true or use rediss://.',
    );
  }
  return target;
}

function tlsOptions(host: string, caFile: string | undefined): NonNullable<RedisOptions['tls']> {
  const servername = isIP(host) ? {} : { servername: host };
  return caFile === undefined
    ? servername
    : { ...servername, ca: readCertificateAuthority(caFile) };
}
