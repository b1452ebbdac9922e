import type { StoreProduct } from './test-store.js';

/** Where one server runs. */
interface ServerPlace {
  readonly port: number;
  readonly bind: string;
  /** Where clients find it. */
  readonly address: string;
  /** Its own; holds its data and, for Redis and Valkey, `server.conf`. */
  readonly folder: string;
}

/** What differs between the makes. */
export interface Product {
  readonly label: string;
  /** Name of the variable that gives an address. */
  readonly urlVariable: string;
  /** Names on the PATH, best first. */
  readonly binaries: readonly string[];
  readonly image: string;
  /** How much memory its container may lock; `null`: as much as Docker allows by itself. */
  readonly lockableBytes: number | null;
  /** Name in the image. */
  readonly command: string;
  /** Arguments of a server that persists nothing by itself. */
  readonly args: (place: ServerPlace) => readonly string[];
}

const UNLIMITED = -1;

/** What a server saves lies in its folder under these names, whatever its make. */
export const DATA_FILES = 'dump* appendonlydir';

export const PRODUCTS: Readonly<Record<StoreProduct, Product>> = {
  redis: {
    label: 'Redis',
    urlVariable: 'VITALCACHE_TEST_REDIS_URL',
    // Valkey speaks the same protocol: better than no Redis.
    binaries: ['redis-server', 'valkey-server'],
    image: 'redis:7.4-alpine',
    lockableBytes: null,
    command: 'redis-server',
    args: redisArgs,
  },
  valkey: {
    label: 'Valkey',
    urlVariable: 'VITALCACHE_TEST_VALKEY_URL',
    binaries: ['valkey-server'],
    image: 'valkey/valkey:8-alpine',
    lockableBytes: null,
    command: 'valkey-server',
    args: redisArgs,
  },
  dragonfly: {
    label: 'Dragonfly',
    urlVariable: 'VITALCACHE_TEST_DRAGONFLY_URL',
    binaries: ['dragonfly'],
    image: 'docker.dragonflydb.io/dragonflydb/dragonfly:v1.40.1',
    lockableBytes: UNLIMITED,
    command: 'dragonfly',
    args: dragonflyArgs,
  },
};

function redisArgs({ port, bind, folder }: ServerPlace): readonly string[] {
  // From a file, so that a server finds the role that Sentinel gave it after a restart.
  const file = `${folder}/server.conf`;
  const place = [file, '--port', `${port}`, '--bind', bind, '--dir', folder];
  return [...place, '--protected-mode', 'no', '--save', '', '--appendonly', 'no'];
}

function dragonflyArgs({ port, bind, address, folder }: ServerPlace): readonly string[] {
  const place = [`--port=${port}`, `--bind=${bind}`, `--dir=${folder}`, '--dbfilename=dump'];
  // Emulated cluster mode would tell clients what the socket is bound to, which may be inside a container.
  const announce = `--cluster_announce_ip=${address}`;
  const size = ['--maxmemory=512mb', '--proactor_threads=2'];
  return [...place, ...size, '--logtostderr', '--version_check=false', announce];
}
