import { existsSync, rmSync, writeFileSync } from 'node:fs';

import { aptInstall, canInstall } from './apt.mjs';
import { findChromium } from './chromium.mjs';
import { answers, onPath, run, say, seconds } from './process.mjs';

const BINARIES = ['redis-server', 'valkey-server', 'dragonfly'];
const POLICY = '/usr/sbin/policy-rc.d';

const mayUseDocker = () => process.env.VITALCACHE_TEST_DOCKER !== 'off';

/** What the integration tests can reach. Also part of their cache key: see nx.json. */
export function findStores() {
  const addresses = Object.entries(process.env).filter(([name, value]) => {
    return /^VITALCACHE_TEST_.*_URL$/.test(name) && value;
  });
  return {
    addresses: Object.fromEntries(addresses.sort()),
    docker: mayUseDocker() && onPath('docker') !== undefined && answers('docker', ['info'], 5_000),
    binaries: BINARIES.filter((name) => onPath(name) !== undefined),
    chromium: findChromium() !== undefined,
  };
}

const describeRedis = ({ addresses, docker, binaries }) => {
  if (addresses.VITALCACHE_TEST_REDIS_URL) return 'the server of VITALCACHE_TEST_REDIS_URL';
  if (docker) return 'a container per test run (Docker)';
  const binary = binaries.find((name) => name !== 'dragonfly');
  return binary && `${binary} from the PATH, started by the tests`;
};

async function installRedis() {
  const started = performance.now();
  say('Installing redis-server with apt-get (neither an address, nor Docker, nor a Redis found)');
  // The package would start a server on port 6379, where nobody asked for one.
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const result = await aptInstall('redis-server');
    if (result.code !== 0) return console.error(result.output);
    await run('systemctl', ['disable', 'redis-server']); // nor after the next boot
    say(`Installed redis-server in ${seconds(started)}`);
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true });
  }
}

/** Makes sure that the tests find a Redis. False: there is none, and with CI set that is a failure. */
export async function provideRedis() {
  let found = describeRedis(findStores());
  if (found === undefined && canInstall()) {
    await installRedis();
    found = describeRedis(findStores());
  }
  if (found !== undefined) {
    say(`Redis for the integration tests: ${found}`);
    return true;
  }
  const command =
    process.platform === 'darwin' ? 'brew install redis' : 'sudo apt-get install -y redis-server';
  console.error(
    `No Redis for the integration tests. This would do: ${command}\n` +
      'Or start Docker, or set VITALCACHE_TEST_REDIS_URL.',
  );
  return false;
}
