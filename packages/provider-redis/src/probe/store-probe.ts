import type { Redis } from 'ioredis';

import { failureOf } from '../connection/redis.errors.js';
import { fieldOf, parseIdentity } from '../connection/server-identity.js';
import type { RedisService } from '../redis.service.js';
import type { RedisStore } from '../store/redis-store.js';
import { judge, type StoreFacts, type StoreFindings } from './store-findings.js';

/** Asks every store what it is and how it is set up; never rejects. */
export async function probeStores(service: RedisService): Promise<readonly StoreFindings[]> {
  const { durability } = service.settings;
  return Promise.all(
    service.topology.stores.map(async (store) => {
      const facts = await store.run((client) => factsOf(store, client)).catch(() => silent(store));
      return { ...facts, advice: judge(facts, { durability }) };
    }),
  );
}

async function factsOf(store: RedisStore, client: Redis): Promise<StoreFacts> {
  const [info, timeout, fsync, save, snapshotFile, clockSkewMs] = await Promise.all([
    client.info(),
    setting(client, 'timeout'),
    setting(client, 'appendfsync'),
    setting(client, 'save'),
    setting(client, 'dbfilename'),
    skewOf(client),
  ]);
  const { software, version = null, role, replicas, threads } = parseIdentity(info);
  const isDragonfly = software === 'dragonfly';
  const isCluster = fieldOf(info, 'cluster_enabled') === '1';
  return {
    store: store.name,
    isReachable: true,
    software,
    version,
    role,
    replicas: hidesReplicas(info) ? null : replicas.length,
    threads,
    clusterMode: !isCluster ? 'off' : isDragonfly ? await dragonflyModeOf(client) : 'on',
    evictionPolicy: fieldOf(info, 'maxmemory_policy') ?? null,
    maxBytes: Number(fieldOf(info, 'maxmemory')) || null,
    persistence: {
      aof: fieldOf(info, 'aof_enabled') === '1',
      fsync,
      // Dragonfly saves when it ends if it has a name for the file, whether or not there is a schedule.
      rdb: (isDragonfly ? snapshotFile : save) !== null,
    },
    idleTimeoutSeconds: timeout === null ? null : Number(timeout),
    clockSkewMs,
  };
}

/**
 * A server that does not let its settings be read, or has no such setting, does not say.
 * @param whenEmpty what an empty setting says
 */
export async function setting(
  client: Redis,
  name: string,
  whenEmpty: string | null = null,
): Promise<string | null> {
  const reply = await client.call('CONFIG', ['GET', name]).catch(() => null);
  const value: unknown = Array.isArray(reply) ? reply[1] : null;
  return typeof value !== 'string' ? null : value === '' ? whenEmpty : value;
}

/** A managed Dragonfly counts its replicas without listing them. */
function hidesReplicas(info: string): boolean {
  const listed = [...info.matchAll(/^slave\d+:/gm)].length;
  return Number(fieldOf(info, 'connected_slaves') ?? 0) > listed;
}

/** Dragonfly does not tell its kind of cluster; only a real one minds two slots in a command. */
async function dragonflyModeOf(client: Redis): Promise<StoreFacts['clusterMode']> {
  try {
    await client.mget('vc:{a}', 'vc:{b}');
    return 'emulated';
  } catch (error) {
    return failureOf(error).word === 'CROSSSLOT' ? 'on' : null;
  }
}

async function skewOf(client: Redis): Promise<number | null> {
  const sentAt = Date.now();
  const reply = await client.time().catch(() => null);
  if (!reply) return null;
  const [seconds, microseconds] = reply.map(Number) as [number, number];
  return Math.round(seconds * 1_000 + microseconds / 1_000 - (sentAt + Date.now()) / 2);
}

function silent(store: RedisStore): StoreFacts {
  return {
    store: store.name,
    isReachable: false,
    software: null,
    version: null,
    role: null,
    replicas: null,
    threads: null,
    clusterMode: null,
    evictionPolicy: null,
    maxBytes: null,
    persistence: null,
    idleTimeoutSeconds: null,
    clockSkewMs: null,
  };
}
