import { randomUUID } from 'node:crypto';

import type { Redis } from 'ioredis';

import { until } from '../contract/until.js';
import { contentPlace, type CanaryPlace } from './canary-place.js';
import { asRedisRead } from './mark-encodings.js';

/** How long a server may take to tell of a command. */
const SETTLE_MS = 5_000;

/** Hears every command that a server runs, as bytes, not as MONITOR prints them. */
export class RedisMonitor {
  readonly place: CanaryPlace;
  readonly #client: Redis;
  readonly #monitor: Redis;
  readonly #heard: Buffer[] = [];
  #rest = '';
  /** The latest of what was heard, as printed. */
  #latest = '';

  /** @param client for questions; the caller closes it */
  static async start(client: Redis): Promise<RedisMonitor> {
    return new RedisMonitor(client, await client.monitor());
  }

  private constructor(client: Redis, monitor: Redis) {
    this.#client = client;
    this.#monitor = monitor;
    // Not the client's own event: that leaves out or splits arguments with some bytes.
    monitor.stream.on('data', (chunk: Buffer) => this.#hear(chunk.toString('latin1')));
    monitor.on('error', () => undefined); // nothing more is heard, which the next read notices
    this.place = contentPlace('MONITOR', () => this.#read());
  }

  stop(): void {
    this.#monitor.disconnect();
  }

  async #read(): Promise<readonly Buffer[]> {
    const end = randomUUID();
    await this.#client.echo(end);
    await until('MONITOR tells of a command', () => this.#latest.includes(end), SETTLE_MS);
    return this.#heard;
  }

  #hear(text: string): void {
    const lines = `${this.#rest}${text}`.split('\r\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#heard.push(asRedisRead(line), Buffer.from('\n'));
    this.#latest = `${this.#latest}${lines.join('\n')}`.slice(-65_536);
  }
}
