import type { RedisAuditClient } from './redis-audit.client.js';

export interface RedisDurabilityOptions {
  /** How many replicas must have a durable record as well. Default: 0. */
  readonly replicas?: number;
  /** How long the disk and the replicas are waited for. Default: 1 000. */
  readonly waitMs?: number;
}

/** Finds out how a server can say that what it took outlasts a crash, and asks it. */
export class RedisDurability {
  readonly #client: RedisAuditClient;
  readonly #replicas: number;
  readonly #waitMs: number;
  #hasAof = false;
  /** Every command is on its disk before it answers. */
  #syncsAlways = false;
  #canWaitAof = false;

  constructor(client: RedisAuditClient, { replicas = 0, waitMs = 1_000 }: RedisDurabilityOptions) {
    this.#client = client;
    this.#replicas = replicas;
    this.#waitMs = waitMs;
  }

  async look(): Promise<void> {
    const [persistence, fsync, command] = await Promise.all([
      this.#client.call('INFO', 'persistence'),
      // An ACL may refuse it; then it is not known, and counts as no.
      this.#client.call('CONFIG', 'GET', 'appendfsync').catch(() => []),
      this.#client.call('COMMAND', 'INFO', 'waitaof').catch(() => [null]),
    ]);
    this.#hasAof = /^aof_enabled:1/m.test(String(persistence));
    this.#syncsAlways = this.#hasAof && (fsync as unknown[])[1] === 'always';
    this.#canWaitAof = Array.isArray((command as unknown[])[0]);
  }

  /** Resolves with whether everything that this connection sent outlasts a crash of the server. */
  async wait(): Promise<boolean> {
    if (this.#hasAof && this.#canWaitAof && !this.#syncsAlways) {
      const reply = await this.#client.call('WAITAOF', 1, this.#replicas, this.#waitMs);
      const [local, replicas] = reply as [number, number];
      return local >= 1 && replicas >= this.#replicas;
    }
    const hasReplicas = this.#replicas > 0 && (await this.#waitReplicas()) >= this.#replicas;
    return this.#syncsAlways ? this.#replicas === 0 || hasReplicas : hasReplicas;
  }

  async #waitReplicas(): Promise<number> {
    return Number(await this.#client.call('WAIT', this.#replicas, this.#waitMs));
  }
}
