/** What the INFO of a Dragonfly differs in; the rest of its words is left out. */
export interface DragonflyInfo {
  readonly version: string;
  readonly threads: number;
  /** `master_replid` */
  readonly id: string;
  readonly isCluster: boolean;
  readonly isLoading: boolean;
}

export const DRAGONFLY_INFO: DragonflyInfo = {
  version: '1.40.1',
  threads: 8,
  id: '5114684b4a5bc1ab7fa9133c5ac972028c62f576',
  isCluster: false,
  isLoading: false,
};

/** INFO in the words of Dragonfly 1.40: without an argument it has no section on persistence. */
export function infoOf(section: string, { version, threads, id, ...is }: DragonflyInfo): string {
  if (section.startsWith('# Persistence')) {
    return `# Persistence\r\nloading:${Number(is.isLoading)}\r\nsaving:0\r\n`;
  }
  if (!section.startsWith('# Server')) return section;
  const lines = [
    '# Server',
    'redis_version:7.4.0',
    `dragonfly_version:df-v${version}`,
    `redis_mode:${is.isCluster ? 'cluster' : 'standalone'}`,
    `thread_count:${threads}`,
    '',
    '# Memory',
    'used_memory:1000000',
    'maxmemory:536870912',
    'cache_mode:store',
    'maxmemory_policy:noeviction',
    '',
    '# Replication',
    'role:master',
    'connected_slaves:0',
    `master_replid:${id}`,
    '',
    '# Cluster',
    `cluster_enabled:${Number(is.isCluster)}`,
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}
