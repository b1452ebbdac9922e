import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { npm } from '../bootstrap/process.mjs';

const HOME = fileURLToPath(new URL('./registry/', import.meta.url));
const VERDACCIO = join(HOME, 'node_modules/verdaccio/bin/verdaccio');
const START_MS = 60_000;

/** What it takes in of our own, and what it asks the usual registry for. */
const configOf = (folder, upstream) => `
storage: ${folder}/storage
auth: { htpasswd: { file: ${folder}/htpasswd } }
uplinks: { usual: { url: ${upstream}, maxage: 60m, timeout: 60s } }
packages:
  '@vitalcache/*': { access: $all, publish: $all, unpublish: $all }
  '**': { access: $all, proxy: usual }
log: { type: stdout, level: error }
`;

/**
 * Starts a registry on loopback that keeps what is published to it in a folder, and nothing else for longer.
 * @returns its address, npm's variables to use it, and what stops it
 */
export async function startLocalRegistry(folder) {
  if (!existsSync(VERDACCIO)) {
    const { code, output } = await npm([
      'ci',
      '--prefix',
      HOME,
      '--ignore-scripts',
      '--loglevel=error',
    ]);
    if (code !== 0) throw new Error(`The registry could not be installed:\n${output}`);
  }
  const configured = async (name) => (await npm(['config', 'get', name])).output.trim();
  const [upstream, cafile] = [await configured('registry'), await configured('cafile')];
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'config.yaml');
  writeFileSync(config, configOf(folder, upstream));
  const port = await freePort();
  const args = [VERDACCIO, '--config', config, '--listen', `127.0.0.1:${port}`];
  // It trusts whom npm trusts.
  const env = { ...process.env, ...(cafile !== 'null' && { NODE_EXTRA_CA_CERTS: cafile }) };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const url = `http://127.0.0.1:${port}/`;
  // A file: a shell on the way would drop a variable of such a name. Whoever publishes must be somebody; nobody asks whom.
  const userConfig = join(folder, 'npmrc');
  writeFileSync(userConfig, `registry=${url}\n//127.0.0.1:${port}/:_authToken=rehearsal\n`);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await new Promise((resolve) => child.on('close', resolve));
  };
  for (const end = performance.now() + START_MS; !(await answers(url)); await sleep(200)) {
    if (child.exitCode === null && performance.now() < end) continue;
    await stop();
    throw new Error(`The registry did not start:\n${said}`);
  }
  return {
    url,
    env: { npm_config_userconfig: userConfig },
    stop,
  };
}

const answers = (url) =>
  fetch(`${url}-/ping`).then(
    ({ ok }) => ok,
    () => false,
  );

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
