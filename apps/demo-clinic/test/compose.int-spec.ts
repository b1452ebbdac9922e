import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { until } from '@vitalcache/testing';
import { parse as parseEnv } from 'dotenv';
import { parse } from 'yaml';

const ROOT = join(__dirname, '../../..');
const MAIN = join(__dirname, '../dist/main.js');
const HAS_COMPOSE = spawnSync('docker', ['compose', 'version']).status === 0;
const HAS_SERVER = ['redis-server', 'openssl'].every(
  (command) => spawnSync(command, ['--version']).error === undefined,
);

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

const services = (
  parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    readonly services: Readonly<Record<string, Service>>;
  }
).services;
const example = parseEnv(readFileSync(join(ROOT, '.env.example'), 'utf8'));

/** What compose makes of a text when the environment says what `.env.example` says. */
function filledIn(text: string): string {
  return text
    .replace(
      /\$\{(\w+):-([^}]*)\}/g,
      (_, name: string, otherwise: string) => example[name] ?? otherwise,
    )
    .replaceAll('$$', '$');
}

function serviceOf(name: string): Service {
  const service = services[name];
  if (!service) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}

describe('docker-compose.yml', () => {
  it('starts the demo, its stores and what watches them; others by profile', () => {
    const byDefault = Object.keys(services).filter((name) => !services[name]?.profiles);
    expect(byDefault.sort()).toEqual(
      ['certs', 'demo', 'dragonfly', 'grafana', 'keys', 'postgres', 'prometheus'].sort(),
    );
    const profiles = new Set(Object.values(services).flatMap((one) => one.profiles ?? []));
    expect([...profiles].sort()).toEqual(['cluster', 'redis', 'valkey']);
    expect(serviceOf('dragonfly').ports).toEqual(['127.0.0.1:6379:6379']);
    expect(serviceOf('redis').ports).toEqual(['127.0.0.1:6380:6379']);
  });

  it('opens ports to this machine alone, and knows of each server whether it is well', () => {
    const ports = Object.values(services).flatMap((one) => one.ports ?? []);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    // The demo's check is in its Dockerfile; making certificates ends.
    const unchecked = Object.keys(services).filter((name) => !services[name]?.healthcheck);
    expect(unchecked.sort()).toEqual(['certs', 'demo']);
    expect(readFileSync(join(__dirname, '../Dockerfile'), 'utf8')).toMatch(/^HEALTHCHECK /m);
  });

  it('has the passwords of .env.example where none are set', () => {
    const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
    for (const [, name = '', otherwise] of text.matchAll(
      /\$\{((?:REDIS|DRAGONFLY)_\w+):-([^}]*)\}/g,
    )) {
      expect([name, otherwise]).toEqual([name, example[name]]);
    }
    expect(example['DRAGONFLY_PASSWORD']).toBeTruthy();
  });

  (HAS_COMPOSE ? it : it.skip)('is taken by docker compose (skipped: no docker compose)', () => {
    const profiles = ['redis', 'valkey', 'cluster'].flatMap((name) => ['--profile', name]);
    execFileSync('docker', ['compose', ...profiles, 'config', '--quiet'], { cwd: ROOT });
  });
});

(HAS_SERVER ? describe : describe.skip)('what it starts, without Docker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-compose-'));
  const children: ChildProcess[] = [];
  const run = (file: string, args: readonly string[], env: Readonly<Record<string, string>>) => {
    const child = spawn(file, args, { cwd: folder, env: { PATH: process.env['PATH'], ...env } });
    children.push(child);
    return child;
  };
  const here = (text: string): string => filledIn(text).replaceAll('/certs', folder);

  afterAll(async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill();
      await new Promise((resolve) => child.on('close', resolve));
    }
    rmSync(folder, { recursive: true });
  });

  it('is a demo that keeps what it seals, and the keys to it, behind TLS and passwords', async () => {
    const [script = ''] = serviceOf('certs').command ?? [];
    execFileSync('sh', ['-ec', filledIn(script)], {
      env: { ...process.env, CERTS: folder },
      stdio: 'pipe',
    });
    const ports = { store: await freePort(), keys: await freePort(), demo: await freePort() };
    const startServer = async (name: string, port: number): Promise<void> => {
      const [file = '', ...args] = (serviceOf(name).command ?? []).map(here);
      const tlsPort = args.indexOf('--tls-port') + 1;
      run(file, args.with(tlsPort, String(port)), {}).stdout.resume();
      const { healthcheck, environment = {} } = serviceOf(name);
      const check = here(healthcheck?.test[1] ?? '').replace('redis-cli', `redis-cli -p ${port}`);
      const env = {
        PATH: process.env['PATH'],
        REDISCLI_AUTH: filledIn(environment['REDISCLI_AUTH'] ?? ''),
      };
      await until(
        `${name} is well`,
        () => spawnSync('sh', ['-c', check], { env }).status === 0,
        20_000,
      );
    };
    await startServer('redis', ports.store);
    await startServer('keys', ports.keys);

    const said = Object.entries(serviceOf('demo').environment ?? {}).map(
      ([name, value]) =>
        [name, here(value).replace('@keys:6379', `@localhost:${ports.keys}`)] as const,
    );
    const { DATABASE_URL: _, ...env } = Object.fromEntries(said);
    const demo = run(process.execPath, [MAIN], {
      ...env,
      HOST: '127.0.0.1',
      PORT: String(ports.demo),
      DRAGONFLY_HOST: 'localhost',
      DRAGONFLY_PORT: String(ports.store),
      DEMO_DATA_DIR: 'memory:',
      DEMO_PATIENTS: '10',
    });
    let output = '';
    for (const stream of [demo.stdout, demo.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    }
    const ask = async (path: string) => fetch(`http://127.0.0.1:${ports.demo}${path}`);
    await until('the demo is open', () => /Ctrl-C closes it/.test(output), 60_000).catch(
      (error: unknown) => {
        throw new Error(output, { cause: error });
      },
    );
    expect(await (await ask('/health')).json()).toMatchObject({ connectionStatus: true });
    await ask('/patients/patient-000001/records');
    const again = await ask('/patients/patient-000001/records');
    expect(again.headers.get('cache-status')).toMatch(/hit/);
  }, 120_000);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
