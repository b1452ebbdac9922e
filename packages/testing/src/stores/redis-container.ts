import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './free-port.js';
import { randomPrefix } from './random-prefix.js';
import { answers, removeAll, withRedis } from './redis-client.js';
import type { StoreSource, TestStore } from './test-store.js';

/** Image that Docker runs; any server that speaks the protocol of Redis 6.2 or later would do. */
const REDIS_IMAGE = 'redis:7.4-alpine';

/** Whether a Docker engine seems to be there. A look at the usual places only: nothing is connected to. */
export function hasDocker(env: NodeJS.ProcessEnv = process.env): boolean {
  if (env['DOCKER_HOST']) return true;
  const runtime = env['XDG_RUNTIME_DIR'];
  const sockets = [
    '/var/run/docker.sock',
    join(homedir(), '.docker/run/docker.sock'),
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
  ];
  return sockets.some((socket) => existsSync(socket));
}

/** A container with a Redis of its own, started by testcontainers. */
export function redisContainer(): StoreSource {
  return { kind: 'docker', abilities: ['restart'], start };
}

async function start(): Promise<TestStore> {
  const { GenericContainer } = await import('testcontainers');
  // A port chosen by us survives a restart; one chosen by Docker does not.
  const port = await freePort();
  const container = await new GenericContainer(REDIS_IMAGE)
    .withExposedPorts({ container: 6379, host: port })
    .withCommand(['redis-server', '--save', '', '--appendonly', 'no'])
    .start();
  const url = `redis://${container.getHost()}:${port}`;
  await answers(url);
  let isRunning = true;
  return {
    kind: 'docker',
    url,
    prefix: randomPrefix(),
    flush: () => removeAll(url),
    async restart({ keepData = false } = {}) {
      if (!keepData) await removeAll(url);
      await withRedis(url, (client) => client.save());
      await container.restart();
      await answers(url);
    },
    async stop() {
      if (isRunning) await container.stop();
      isRunning = false;
    },
  };
}
