import type { Redis } from 'ioredis';

import { withRedis } from './redis-client.js';
import type { OwnedStore } from './test-store.js';

interface Located {
  readonly url: string;
}

export interface SentinelTimes {
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
}

/** What a sentinel should see. */
export interface Sight {
  readonly name: string;
  readonly primary: OwnedStore;
  /** Those that serve. */
  readonly replicas: readonly OwnedStore[];
  /** How many other sentinels serve. */
  readonly others: number;
}

/** A sentinel's configuration: two of three must agree. */
export function sentinelConf(
  name: string,
  primary: { readonly host: string; readonly port: number },
  { downAfterMs, failoverTimeoutMs }: SentinelTimes,
): string {
  return [
    `sentinel monitor ${name} ${primary.host} ${primary.port} 2`,
    `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
    `sentinel failover-timeout ${name} ${failoverTimeoutMs}`,
    `sentinel announce-ip ${primary.host}`,
  ].join('\n');
}

/** Milliseconds between two looks; by default 1 to 10 seconds. */
const LOOKS = ['INFO-PERIOD', 'PUBLISH-PERIOD', 'PING-PERIOD', 'ASK-PERIOD'];
/** How long a sentinel that was paused looks on and does nothing; by default 30 seconds. */
const TILT = ['TILT-PERIOD', '1000'];

/** Makes a sentinel quick, where it is new enough (7.0) to be told so. It forgets it in a restart. */
export async function speedUp({ url }: Located): Promise<void> {
  const told = [...LOOKS.flatMap((period) => [period, '200']), ...TILT];
  await withRedis(url, (client) => client.call('SENTINEL', 'DEBUG', ...told)).catch(
    (error: unknown) => {
      if (!/unknown/i.test(String(error))) throw error;
    },
  );
}

/** Port of the primary that the sentinel names. */
export async function namedPrimary({ url }: Located, name: string): Promise<number> {
  const address = await withRedis(url, (client) =>
    client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name),
  );
  return Number((address as [string, string])[1]);
}

/** Whether a sentinel takes the primary for up, its replicas for in sync, and hears the other sentinels. */
export async function seesAll({ url }: Located, sight: Sight): Promise<boolean> {
  return withRedis(url, async (client) => {
    const [primary] = await listed(client, 'MASTERS');
    if (primary?.['port'] !== `${sight.primary.port}` || primary['flags'] !== 'master')
      return false;
    const others = await listed(client, 'SENTINELS', sight.name);
    if (others.filter(({ flags }) => flags === 'sentinel').length < sight.others) return false;
    const replicas = await listed(client, 'REPLICAS', sight.name);
    return sight.replicas.every(({ port }) => {
      const seen = replicas.find((replica) => replica['port'] === `${port}`);
      return seen !== undefined && isLinkedTo(sight.primary.port, seen);
    });
  });
}

function isLinkedTo(port: number, replica: Readonly<Record<string, string>>): boolean {
  const { flags, 'master-link-status': link, 'master-port': primary } = replica;
  return flags === 'slave' && link === 'ok' && primary === `${port}`;
}

async function listed(
  client: Redis,
  what: 'MASTERS' | 'SENTINELS' | 'REPLICAS',
  ...args: readonly string[]
): Promise<readonly Readonly<Record<string, string>>[]> {
  const rows = (await client.call('SENTINEL', what, ...args)) as string[][];
  return rows.map((row) => {
    const pairs = row.flatMap((name, at) => (at % 2 === 0 ? [[name, row[at + 1] ?? '']] : []));
    return Object.fromEntries(pairs) as Record<string, string>;
  });
}
