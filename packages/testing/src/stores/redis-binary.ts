import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startBinary, type BinaryProcess } from './binary-process.js';
import { freePort } from './free-port.js';
import { randomPrefix } from './random-prefix.js';
import { answers, removeAll, withRedis } from './redis-client.js';
import type { StoreSource, TestStore } from './test-store.js';

const ATTEMPTS = 3;

/** A `redis-server` or `valkey-server`, on a loopback port and in a folder of its own, that persists nothing by itself. */
export function redisBinary(binary: string): StoreSource {
  return { kind: 'binary', abilities: ['restart', 'pause'], start: () => start(binary, ATTEMPTS) };
}

async function start(binary: string, attempts: number): Promise<TestStore> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'vitalcache-'));
  const server = new RedisBinary(binary, port, folder);
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.stop();
    // Somebody may have taken the port in between.
    if (attempts > 1) return start(binary, attempts - 1);
    throw error;
  }
}

class RedisBinary implements TestStore {
  readonly kind = 'binary';
  readonly url: string;
  readonly prefix = randomPrefix();
  readonly #binary: string;
  readonly #folder: string;
  readonly #args: readonly string[];
  #process: BinaryProcess | null = null;

  constructor(binary: string, port: number, folder: string) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#binary = binary;
    this.#folder = folder;
    const own = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder];
    this.#args = [...own, '--save', '', '--appendonly', 'no', '--daemonize', 'no'];
  }

  async start(): Promise<void> {
    const started = await startBinary(this.#binary, this.#args);
    this.#process = started;
    await answers(this.url, { hasEnded: started.hasEnded });
  }

  async restart({ keepData = false } = {}): Promise<void> {
    if (keepData) await withRedis(this.url, (client) => client.save());
    else await rm(join(this.#folder, 'dump.rdb'), { force: true });
    await this.#process?.kill();
    await this.start();
  }

  pause(): void {
    if (this.#process) process.kill(this.#process.pid, 'SIGSTOP');
  }

  resume(): void {
    if (this.#process) process.kill(this.#process.pid, 'SIGCONT');
  }

  flush(): Promise<void> {
    return removeAll(this.url);
  }

  async stop(): Promise<void> {
    await this.#process?.kill();
    this.#process = null;
    await rm(this.#folder, { recursive: true, force: true });
  }
}
