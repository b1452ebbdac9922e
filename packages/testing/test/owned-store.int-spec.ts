import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { startStore, type OwnedStore, type StoreAbility } from '../src/index.js';
import { hostInContainer, type Container } from '../src/stores/container.host.js';
import { freePorts } from '../src/stores/free-ports.js';
import { withRedis } from '../src/stores/redis-client.js';
import { onHost, type ServerHost } from '../src/stores/server-host.js';
import { OWNED_ABILITIES, ServerStore } from '../src/stores/server-store.js';
import { BINARY, BINARY_ALONE, describeWithBinary } from './own-binary.js';

const start = (args: readonly string[] = []): Promise<OwnedStore> =>
  startStore('redis', { args, env: BINARY_ALONE }) as Promise<OwnedStore>;
// "everysec" would hold what is logged back while the disk is busy.
const LOG = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory', '8mb'];

const get = (store: OwnedStore, key: string): Promise<string | null> =>
  withRedis(store.url, (client) => client.get(key));
const set = async (store: OwnedStore, key: string, value = 'x'): Promise<void> => {
  await withRedis(store.url, (client) => client.set(key, value));
};
const config = async (store: OwnedStore, name: string): Promise<string> =>
  withRedis(store.url, async (client) =>
    String(((await client.config('GET', name)) as unknown[])[1]),
  );

function itIsOwned(store: () => OwnedStore): void {
  afterEach(() => store().flush());

  it('serves, and is able to do all that its source promises', async () => {
    expect(store().isServing).toBe(true);
    const methods: Record<StoreAbility, unknown> = {
      restart: store().restart,
      kill: store().kill,
      pause: store().pause,
      snapshot: store().snapshot,
      configure: LOG,
    };
    expect(OWNED_ABILITIES.every((ability) => methods[ability])).toBe(true);
  });

  it('runs with the arguments that it was given', async () => {
    expect(await config(store(), 'maxmemory')).toBe(`${8 * 1024 * 1024}`);
    expect(await config(store(), 'appendonly')).toBe('yes');
  });

  it('stays down when killed, once or twice', async () => {
    await store().kill();
    await store().kill();
    expect(store().isServing).toBe(false);
    await expect(get(store(), 'a')).rejects.toThrow('ECONNREFUSED');
    await store().start();
    expect(store().isServing).toBe(true);
    await expect(store().start()).rejects.toThrow('kill it before');
  });

  it('finds what it logged before it was killed', async () => {
    await set(store(), 'a');
    await store().kill();
    await store().start();
    expect(await get(store(), 'a')).toBe('x');
  });

  it('starts without what it logged and saved if asked to', async () => {
    await set(store(), 'a');
    await withRedis(store().url, (client) => client.save());
    await store().kill();
    await store().start({ keepData: false });
    expect(await get(store(), 'a')).toBeNull();
  });

  it('loses its data in a restart, unless asked to keep it', async () => {
    await set(store(), 'a');
    await store().restart({ keepData: true });
    expect(await get(store(), 'a')).toBe('x');
    await store().restart();
    expect(await get(store(), 'a')).toBeNull();
  });

  it('hangs while paused, goes on afterwards, and can be killed while it hangs', async () => {
    await set(store(), 'a');
    await store().pause();
    expect(store().isServing).toBe(false);
    const answer = get(store(), 'a');
    let hasAnswered = false;
    void answer.then(() => (hasAnswered = true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(hasAnswered).toBe(false);
    await store().resume();
    expect(await answer).toBe('x');
    await store().pause();
    await store().kill();
    await store().start();
    expect(store().isServing).toBe(true);
  });

  it('goes back to the snapshot that is named', async () => {
    await set(store(), 'a', 'first');
    const first = await store().snapshot();
    await set(store(), 'a', 'second');
    const second = await store().snapshot();
    await set(store(), 'a', 'third');
    await store().restore(first);
    expect(await get(store(), 'a')).toBe('first');
    await store().restore(second);
    expect(await get(store(), 'a')).toBe('second');
    await store().restore(first);
    expect(await get(store(), 'a')).toBe('first');
  });
}

describeWithBinary('a store from a binary', () => {
  let store: OwnedStore;
  beforeAll(async () => (store = await start(LOG)));
  afterAll(() => store.stop());
  itIsOwned(() => store);

  it('loses all when killed if it was told to persist nothing', async () => {
    const plain = await start();
    try {
      await set(plain, 'a');
      await plain.kill();
      await plain.start();
      expect(await get(plain, 'a')).toBeNull();
      await set(plain, 'b');
      await plain.restore(await plain.snapshot());
      expect(await get(plain, 'b')).toBe('x');
    } finally {
      await plain.stop();
    }
  });

  it('leaves no folder behind', async () => {
    const own = await start();
    const folder = dirname(await config(own, 'dir'));
    expect(existsSync(folder)).toBe(true);
    await own.stop();
    expect(existsSync(folder)).toBe(false);
  });

  it('tells what the server said when it does not start', async () => {
    const wrong = start(['--no-such-thing', '1']).then((store) => store.stop());
    await expect(wrong).rejects.toThrow(/the server said: [^]*no-such-thing/);
  });
});

/** Runs the commands here that would run in the container. */
function pretended(folder: string): Container {
  return {
    getHost: () => 'localhost',
    exec: (command) =>
      new Promise((resolve) => {
        const [file = '', ...args] = command;
        execFile(file, args, (error, stdout, stderr) => {
          const exitCode = error ? Number(error.code) : 0;
          resolve({ exitCode, stdout, stderr, output: stdout + stderr });
        });
      }),
    stop: async () => {
      rmSync(folder, { recursive: true });
      return undefined as never;
    },
  };
}

describeWithBinary('a store in a container', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitalcache-container-'));
  const open = async (count: number): Promise<ServerHost> =>
    hostInContainer(pretended(folder), BINARY, await freePorts(count), folder);
  let store: OwnedStore;

  beforeAll(async () => {
    store = await onHost({ kind: 'docker', open }, 1, (host) => {
      const [port = 0] = host.ports;
      const onStop = (): Promise<void> => host.stop();
      return ServerStore.start(host, { product: 'redis', port, args: LOG, onStop });
    });
  });
  afterAll(() => store.stop());
  itIsOwned(() => store);

  it('has an address that is right for clients and servers', () => {
    expect(store.host).toBe('127.0.0.1');
  });

  it('tells what went wrong in it', async () => {
    const host = await open(1);
    await expect(host.sh('echo "$1"; exit 3', 'some reason')).rejects.toThrow('some reason');
  });
});
