import { formatAddress, type Address } from '../connection/address.js';
import type { RedisServer } from './redis-server.js';

/** How long a replica that failed a read is left alone, milliseconds. */
const REST_MS = 5_000;

interface Replica {
  readonly server: RedisServer;
  restsUntil: number;
}

/** The replicas of one primary that reads may be answered by. */
export class ReplicaSet {
  readonly #create: (address: Address) => RedisServer;
  readonly #replicas = new Map<string, Replica>();
  #turn = 0;
  #isClosed = false;

  constructor(create: (address: Address) => RedisServer) {
    this.#create = create;
  }

  get servers(): readonly RedisServer[] {
    return [...this.#replicas.values()].map(({ server }) => server);
  }

  /** These and no others are there now. */
  set(addresses: readonly Address[]): void {
    if (this.#isClosed) return; // a connection may have learned of them while it was closed
    const named = new Map(addresses.map((address) => [formatAddress(address), address]));
    for (const [name, { server }] of this.#replicas) {
      if (named.has(name)) continue;
      this.#replicas.delete(name);
      void server.pool.close();
    }
    for (const [name, address] of named) {
      if (this.#replicas.has(name)) continue;
      const server = this.#create(address);
      this.#replicas.set(name, { server, restsUntil: 0 });
      void server.pool.open();
    }
  }

  /**
   * The replicas in turn, of those that can be asked; `null` if there is none.
   * @param ask what is asked; a replica that fails is not asked again for a while
   */
  async ask<T>(ask: (server: RedisServer) => Promise<T>): Promise<{ answer: T } | null> {
    const replica = this.#next();
    if (!replica) return null;
    try {
      return { answer: await ask(replica.server) };
    } catch {
      replica.restsUntil = performance.now() + REST_MS; // the primary tells what is wrong, if anything is
      return null;
    }
  }

  get isEmpty(): boolean {
    return this.#replicas.size === 0;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const servers = this.servers;
    this.#replicas.clear();
    await Promise.all(servers.map(({ pool }) => pool.close()));
  }

  #next(): Replica | undefined {
    const now = performance.now();
    const able = [...this.#replicas.values()].filter(
      ({ server, restsUntil }) => restsUntil <= now && server.pool.isUsable,
    );
    return able[this.#turn++ % able.length];
  }
}
