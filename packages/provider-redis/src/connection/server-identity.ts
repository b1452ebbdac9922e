import { CacheError } from '@vitalcache/core';
import type { Redis } from 'ioredis';

import type { Address } from './address.js';

/** What a server said of itself when a connection to it was opened. */
export interface ServerIdentity {
  /**
   * The running server, 64 bits: its `run_id`, random at each start. A restart, a failover behind one address or another
   * server changes it; records of the journal may then have been lost. Every record repeats it, hence not the whole of
   * it. Empty if the server does not tell.
   *
   * Dragonfly has no `run_id`. Its `master_replid` takes its place: 160 random bits drawn once at each start, and a
   * primary tells its own, also one that was promoted (REPLTAKEOVER, REPLICAOF NO ONE); only a replica tells its
   * primary's. A process that is primary, replica and primary again has one and the same, as a `run_id` would be.
   */
  readonly incarnation: string;
  readonly role: 'primary' | 'replica' | 'unknown';
  readonly isLoading: boolean;
  /** Replicas that are in step, by the address under which the server sees them. */
  readonly replicas: readonly Address[];
  readonly software: 'redis' | 'valkey' | 'dragonfly';
  /** Absent if the server does not tell. */
  readonly version?: string;
  /** Threads that serve commands; 1 where there is no word of more. */
  readonly threads: number;
}

/**
 * Asks a server who it is, by INFO.
 * @throws Error of the client if the server did not answer or refuses INFO
 */
export async function readIdentity(client: Redis): Promise<ServerIdentity> {
  const info = await client.info();
  // Whether it is loading, Dragonfly tells only those who ask for that section.
  const isPartial = fieldOf(info, 'dragonfly_version') !== undefined;
  return parseIdentity(isPartial ? `${info}\n${await client.info('persistence')}` : info);
}

/** Whether INFO says that the server is a replica by now. */
export function saysReplica(info: string): boolean {
  return fieldOf(info, 'role') === 'slave' || fieldOf(info, 'role') === 'replica';
}

export function parseIdentity(info: string): ServerIdentity {
  const dragonfly = fieldOf(info, 'dragonfly_version');
  const valkey = fieldOf(info, 'valkey_version');
  const version = dragonfly?.replace(/^df-v?/, '') ?? valkey ?? fieldOf(info, 'redis_version');
  const identity =
    dragonfly === undefined ? fieldOf(info, 'run_id') : fieldOf(info, 'master_replid');
  const role = fieldOf(info, 'role');
  return {
    incarnation: /^[0-9A-Za-z]{16}/.exec(identity ?? '')?.[0] ?? '',
    role: role === undefined ? 'unknown' : saysReplica(info) ? 'replica' : 'primary',
    isLoading: fieldOf(info, 'loading') === '1',
    replicas: replicasOf(info),
    software: dragonfly !== undefined ? 'dragonfly' : valkey !== undefined ? 'valkey' : 'redis',
    ...(version !== undefined && { version }),
    threads: Math.max(1, Number(fieldOf(info, 'thread_count')) || 1),
  };
}

/** Why nothing that needs to know the server can be done. */
export function unidentified(): CacheError {
  return new CacheError(
    'STORE_REFUSED',
    'The server does not tell its run_id (INFO server) or master_replid (INFO replication), which the journal needs; ' +
      'use Redis or Valkey 6.2, or Dragonfly 1.20, or later.',
  );
}

/** The value of one line of INFO; absent if there is none, or it is empty. */
export function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.+?)\\r?$`, 'm').exec(info)?.[1];
}

/** `slave0:ip=10.0.0.2,port=6379,state=online,offset=…,lag=0` */
function replicasOf(info: string): Address[] {
  const lines = info.matchAll(/^slave\d+:ip=([^,]+),port=(\d+),state=(?:online|stable_sync)/gm);
  return [...lines].map(([, host = '', port]) => ({ host, port: Number(port) }));
}
