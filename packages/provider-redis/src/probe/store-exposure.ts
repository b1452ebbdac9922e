import { isIPv4 } from 'node:net';
import type { TLSSocket } from 'node:tls';

import type { Redis } from 'ioredis';

import type { RedisService } from '../redis.service.js';
import type { RedisStore } from '../store/redis-store.js';
import { setting } from './store-probe.js';

/** Who else could see what a cache keeps in one server. What it did not say is `null`. */
export interface StoreExposure {
  /** Name of the store. */
  readonly store: string;
  /** False: it did not answer, and nothing else is known. */
  readonly isReachable: boolean;
  /** Whether the connection is encrypted (TLS). */
  readonly isEncrypted: boolean | null;
  /** Whether the server is reached on this machine, without a network. */
  readonly isLoopback: boolean | null;
  /** `address:port` of the other end of the connection. */
  readonly peer: string | null;
  /** The running server, by whatever address it is reached: see `ServerIdentity`. */
  readonly incarnation: string | null;
  /** ACL user that the cache is signed in as. */
  readonly user: string | null;
  /** Of {@link DANGEROUS_COMMANDS}, those that the user may run; only who may use ACL DRYRUN is told. */
  readonly mayRun: readonly string[] | null;
  /** `notify-keyspace-events`; empty: keys are told to nobody. */
  readonly keyspaceEvents: string | null;
  /** Commands, with the beginnings of their arguments, that took longer are shown by SLOWLOG; below 0: none. */
  readonly slowlogMicroseconds: number | null;
  /** Replicas without which the server refuses writes (`min-replicas-to-write`). */
  readonly minReplicas: number | null;
}

/** What lets somebody look at, or lose, more than a cache needs to. */
export const DANGEROUS_COMMANDS = [
  'MONITOR',
  'KEYS *',
  'FLUSHALL',
  'FLUSHDB',
  'CONFIG SET x y',
  'DEBUG SLEEP 0',
  'SLOWLOG GET',
  'ACL LIST',
  'SHUTDOWN',
  'REPLICAOF NO ONE',
] as const;

/**
 * Asks every store who could see what is in it; never rejects.
 * @param user ACL user whose rights are asked for, where an administrator asks; absent: the one that is signed in
 */
export async function probeExposure(
  service: RedisService,
  user?: string,
): Promise<readonly StoreExposure[]> {
  return Promise.all(
    service.topology.stores.map((store) =>
      store.run((client) => exposureOf(store, client, user)).catch(() => silent(store)),
    ),
  );
}

async function exposureOf(
  store: RedisStore,
  client: Redis,
  asked: string | undefined,
): Promise<StoreExposure> {
  const user = asked ?? (await whoAmI(client));
  const [keyspaceEvents, slowerThan, minReplicas, mayRun] = await Promise.all([
    setting(client, 'notify-keyspace-events', ''),
    setting(client, 'slowlog-log-slower-than'),
    setting(client, 'min-replicas-to-write'),
    user === null ? null : mayRunOf(client, user),
  ]);
  const { remoteAddress, remotePort } = client.stream;
  return {
    store: store.name,
    isReachable: true,
    isEncrypted: (client.stream as Partial<TLSSocket>).encrypted === true,
    isLoopback: remoteAddress === undefined || isLoopback(remoteAddress),
    peer: remoteAddress === undefined ? null : `${remoteAddress}:${remotePort}`,
    incarnation: store.identity?.incarnation ?? null,
    user,
    mayRun,
    keyspaceEvents,
    slowlogMicroseconds: slowerThan === null ? null : Number(slowerThan),
    minReplicas: minReplicas === null ? null : Number(minReplicas),
  };
}

async function whoAmI(client: Redis): Promise<string | null> {
  const reply = await client.call('ACL', ['WHOAMI']).catch(() => null);
  return typeof reply === 'string' ? reply : null;
}

/** DRYRUN runs nothing. Who may not use it, is a user without administration, and is told nothing. */
async function mayRunOf(client: Redis, user: string): Promise<readonly string[] | null> {
  const replies = await Promise.all(
    DANGEROUS_COMMANDS.map((command) =>
      client.call('ACL', ['DRYRUN', user, ...command.split(' ')]).catch(() => null),
    ),
  );
  if (replies.every((reply) => reply === null)) return null;
  return DANGEROUS_COMMANDS.filter((_, i) => replies[i] === 'OK').map((text) => wordsOf(text));
}

/** The command without the arguments that the server wants for a rehearsal: `CONFIG SET`, `KEYS`. */
function wordsOf(command: string): string {
  return command.replace(/ (\*|x y|0|NO ONE)$/, '');
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}

function silent(store: RedisStore): StoreExposure {
  return {
    store: store.name,
    isReachable: false,
    isEncrypted: null,
    isLoopback: null,
    peer: null,
    incarnation: null,
    user: null,
    mayRun: null,
    keyspaceEvents: null,
    slowlogMicroseconds: null,
    minReplicas: null,
  };
}
