import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { loadPeer } from '@vitalcache/core';
import type { StartedTestContainer } from 'testcontainers';

import { freePorts } from './free-ports.js';
import type { Product } from './products.js';
import type { HostSource, ServerHost, ServerProcess } from './server-host.js';

const FOLDER = '/tmp/vitalcache';

/** Servers come and go in the container: what keeps it running is a shell, which also reaps those that were killed. */
const KEEPER = 'while :; do sleep 60 & wait $!; done';

const RUN = 'log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!';

/**
 * A killed process may stay as a zombie until somebody reaps it; its port and files are free when the last of its threads
 * is gone, which may have to wait for the disk.
 */
const KILL = `kill -9 "$1" 2>/dev/null || exit 0
tries=0
while [ $tries -lt 200 ]; do
  kill -0 "$1" 2>/dev/null || exit 0
  set -- "$1" "/proc/$1/task/"*
  [ $# -eq 2 ] && grep -q '^State:[[:space:]]*Z' "$2/status" 2>/dev/null && exit 0
  sleep 0.1
  tries=$((tries + 1))
done
echo "process $1 is still there"
exit 1`;

/**
 * Whether a Docker engine seems to be there. A look at the usual places only: nothing is connected to.
 * `VITALCACHE_TEST_DOCKER=off` says that it is not to be used.
 */
export function hasDocker(env: NodeJS.ProcessEnv = process.env): boolean {
  if (env['VITALCACHE_TEST_DOCKER'] === 'off') return false;
  if (env['DOCKER_HOST']) return true;
  const runtime = env['XDG_RUNTIME_DIR'];
  const sockets = [
    '/var/run/docker.sock',
    join(homedir(), '.docker/run/docker.sock'),
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
  ];
  return sockets.some((socket) => existsSync(socket));
}

/** A container, started by testcontainers, in which any number of servers run as processes. */
export function containerHost(product: Product): HostSource {
  const { image, command, lockableBytes } = product;
  const same = (limit: number): { hard: number; soft: number } => ({ hard: limit, soft: limit });
  return {
    kind: 'docker',
    async open(portCount) {
      const { GenericContainer, Wait } = await loadPeer(
        'testcontainers',
        'A server in Docker',
        () => import('testcontainers'),
      );
      const ports = await freePorts(portCount);
      // Ports chosen by us are the same on both sides, and survive the servers behind them.
      const container = await new GenericContainer(image)
        .withExposedPorts(...ports.map((port) => ({ container: port, host: port })))
        .withUlimits(lockableBytes === null ? {} : { memlock: same(lockableBytes) })
        .withCommand(['sh', '-c', KEEPER])
        .withWaitStrategy(Wait.forSuccessfulCommand('true'))
        .start();
      return hostInContainer(container, command, ports);
    },
  };
}

/** What is used of a container. */
export type Container = Pick<StartedTestContainer, 'exec' | 'stop' | 'getHost'>;

export function hostInContainer(
  container: Container,
  command: string,
  ports: readonly number[],
  folder = FOLDER,
): ServerHost {
  const sh: ServerHost['sh'] = async (script, ...args) => {
    const { exitCode, output } = await container.exec(['sh', '-c', script, 'sh', ...args]);
    if (exitCode !== 0) throw new Error(`a command in the container failed: ${output.trim()}`);
    return output.trim();
  };
  const host = container.getHost();
  let stopping: Promise<unknown> | null = null;
  return {
    kind: 'docker',
    // The servers give each other's addresses to clients: it must be right on both sides.
    address: host === 'localhost' ? '127.0.0.1' : host,
    bind: '0.0.0.0',
    ports,
    folder,
    async run(args, log) {
      const pid = await sh(RUN, log, command, ...args);
      return processInContainer(Number(pid), sh);
    },
    sh,
    async stop() {
      await (stopping ??= container.stop());
    },
  };
}

function processInContainer(pid: number, sh: ServerHost['sh']): ServerProcess {
  return {
    pid,
    hasEnded: () => false,
    async kill() {
      await sh(KILL, `${pid}`);
    },
    async signal(name) {
      await sh('kill "-$1" "$2"', name, `${pid}`);
    },
  };
}
