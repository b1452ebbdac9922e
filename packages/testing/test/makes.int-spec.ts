import { delimiter } from 'node:path';

import { startReplicaPair, startStore } from '../src/index.js';
import { withRedis } from '../src/stores/redis-client.js';
import { BINARY, describeWithBinary } from './own-binary.js';
import { Paths } from './path-with.js';

/** Speaks Dragonfly's command line, and is a Redis; remembers how it was called. */
const DRAGONFLY = `#!/bin/sh
for arg in "$@"; do
  name=\${arg%%=*} value=\${arg#*=}
  case $name in
    --port) port=$value ;;
    --dir) dir=$value ;;
    --replicaof) replicaof="--replicaof $(echo "$value" | tr : ' ')" ;;
  esac
done
exec REDIS --port "$port" --bind 127.0.0.1 --dir "$dir" --dbfilename dump-summary.dfs --save '' \\
  --repl-diskless-sync-delay 0 --proc-title-template "$*" $replicaof
`;

// Neither is installed where this is written. Their paths through the fixtures are walked with a Redis in their place.
describeWithBinary('a make other than Redis', () => {
  const paths = new Paths();
  afterAll(() => paths.remove());
  const env = (): NodeJS.ProcessEnv => {
    const scripts = {
      'valkey-server': `#!/bin/sh\nexec ${BINARY} "$@"\n`,
      dragonfly: DRAGONFLY.replace('REDIS', BINARY),
    };
    const found = paths.withScripts(scripts);
    return { ...found, PATH: [found['PATH'], '/usr/bin', '/bin'].join(delimiter) };
  };

  it.each(['valkey', 'dragonfly'] as const)(
    '%s is started, killed and put back',
    async (product) => {
      const store = await startStore(product, { env: env() });
      try {
        expect(store).toMatchObject({ product, kind: 'binary' });
        const set = (value: string) => withRedis(store.url, (client) => client.set('a', value));
        await set('first');
        const snapshot = await store.snapshot?.();
        await set('second');
        await store.kill?.();
        await store.start?.();
        if (snapshot) await store.restore?.(snapshot);
        expect(await withRedis(store.url, (client) => client.get('a'))).toBe('first');
        await store.restart?.();
        expect(await withRedis(store.url, (client) => client.get('a'))).toBeNull();
      } finally {
        await store.stop();
      }
    },
  );

  it('Dragonfly gets its flags', async () => {
    const options = { env: env(), clusterMode: 'emulated', args: ['--dbnum=1'] } as const;
    const store = await startStore('dragonfly', options);
    try {
      const [, title] = (await withRedis(store.url, (client) =>
        client.config('GET', 'proc-title-template'),
      )) as [string, string];
      const { port } = new URL(store.url);
      expect(title.split(' ')).toEqual([
        `--port=${port}`,
        '--bind=127.0.0.1',
        expect.stringMatching(/^--dir=.*vitalcache-store-/),
        '--dbfilename=dump',
        '--maxmemory=512mb',
        '--proactor_threads=2',
        '--logtostderr',
        '--version_check=false',
        '--cluster_announce_ip=127.0.0.1',
        '--cluster_mode=emulated',
        '--dbnum=1',
      ]);
    } finally {
      await store.stop();
    }
  });

  it.each(['valkey', 'dragonfly'] as const)('%s makes a replica pair', async (product) => {
    const pair = await startReplicaPair({ product, env: env() });
    try {
      await withRedis(pair.primary.url, (client) => client.set('a', 'x'));
      await pair.inSync();
      expect(await withRedis(pair.replica.url, (client) => client.get('a'))).toBe('x');
    } finally {
      await pair.stop();
    }
  });
});
