import type { StoreTuning } from '@vitalcache/core';

import type { ConnectionBudget } from './connection-budget.js';
import type { RedisConnection } from './redis-connection.js';

export interface ConnectionPoolOptions {
  readonly create: () => RedisConnection;
  /** Connections at most; at least 1. */
  readonly size: number;
  readonly budget: ConnectionBudget;
  readonly tuning: () => StoreTuning;
}

/** Commands under way on the least busy connection from which on another one is opened. */
const CROWDED = 16;
/** How often it is looked at whether fewer connections would do, milliseconds. */
const LOOK_MS = 5_000;
/** How long no further connection is asked for after one could not be opened, milliseconds. */
const REST_MS = 30_000;

/**
 * Connections to one server. All commands of one tick go to the same one: they share a packet and keep their order. From
 * tick to tick it is the one with the fewest commands under way, or each in turn.
 */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #all: [RedisConnection, ...RedisConnection[]];
  /** At least so many are kept, where they are opened and closed with the load. */
  #least = 1;
  /** What this tick uses. */
  #chosen: RedisConnection | null = null;
  #turn = 0;
  /** The most that were busy at once since the last look. */
  #peak = 0;
  #looking: NodeJS.Timeout | null = null;
  #restsUntil = 0;
  /** Connections on their way. */
  #opening = 0;
  #isClosed = false;

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
    options.budget.take();
    this.#all = [options.create()];
  }

  get first(): RedisConnection {
    return this.#all[0];
  }

  get isUsable(): boolean {
    return this.#all.some(({ isUsable }) => isUsable);
  }

  get counts(): { readonly busy: number; readonly open: number } {
    const open = this.#all.filter(({ isUsable }) => isUsable);
    return { busy: open.filter(({ pending }) => pending > 0).length, open: open.length };
  }

  /** Commands under way. */
  get pending(): number {
    return this.#all.reduce((sum, { pending }) => sum + pending, 0);
  }

  /** Opens what is to be open; resolves when the first is usable or its first attempt failed. */
  async open(): Promise<void> {
    if (this.#isClosed) return;
    this.#looking ??= setInterval(() => this.#look(), LOOK_MS).unref();
    await this.first.open();
    this.#fill();
  }

  /** Keeps at least so many open, as far as size and budget allow. */
  keep(least: number): void {
    this.#least = least;
    if (this.isUsable) this.#fill();
  }

  /** The connection for the commands of this tick. It may be unusable: whoever runs commands on it is told. */
  pick(): RedisConnection {
    if (this.#chosen) return this.#chosen;
    this.#chosen = this.#choose();
    setImmediate(() => (this.#chosen = null));
    return this.#chosen;
  }

  async close(): Promise<void> {
    if (!this.#isClosed) this.#all.forEach(() => this.#options.budget.giveBack());
    this.#isClosed = true;
    if (this.#looking) clearInterval(this.#looking);
    await Promise.all(this.#all.map((connection) => connection.close()));
  }

  #choose(): RedisConnection {
    const { isBalanced, isScaling } = this.#options.tuning();
    const usable = this.#all.filter(({ isUsable }) => isUsable);
    const [first] = usable;
    if (!first) return this.first;
    const least = usable.reduce((a, b) => (b.pending < a.pending ? b : a), first);
    this.#peak = Math.max(this.#peak, usable.filter(({ pending }) => pending > 0).length + 1);
    // One that is on its way may be enough.
    const isCrowded = least.pending >= CROWDED && this.#opening === 0;
    if (!isScaling || isCrowded) this.#fill(isCrowded ? 1 : 0);
    return isBalanced ? least : (usable[this.#turn++ % usable.length] ?? first);
  }

  /** Opens what is missing: up to all that are allowed, or up to the least and `more`. */
  #fill(more = 0): void {
    const { size, tuning } = this.#options;
    const goal = tuning().isScaling ? Math.max(this.#least, this.#all.length + more) : size;
    const isResting = performance.now() < this.#restsUntil;
    while (!isResting && !this.#isClosed && this.#all.length < Math.min(goal, size)) {
      if (!this.#options.budget.tryTake()) return;
      const added = this.#options.create();
      this.#all.push(added);
      this.#opening++;
      void added.open().then(() => {
        this.#opening--;
        if (!added.isUsable && this.first.isUsable) this.#giveUp(added);
      });
    }
  }

  /** The server takes no more connections than it has: the others do. */
  #giveUp(added: RedisConnection): void {
    this.#restsUntil = performance.now() + REST_MS;
    this.#remove(added);
  }

  /** Closes one connection that the load since the last look had no need of. */
  #look(): void {
    const peak = this.#peak;
    this.#peak = 0;
    const isTooMany = this.#all.length > Math.max(this.#least, peak);
    const idle = this.#all.findLast(({ pending }) => pending === 0);
    if (!this.#options.tuning().isScaling || !isTooMany) return;
    if (idle && idle !== this.first && idle !== this.#chosen) this.#remove(idle);
  }

  #remove(connection: RedisConnection): void {
    const at = this.#all.indexOf(connection);
    if (at <= 0 || this.#isClosed) return;
    this.#all.splice(at, 1);
    this.#options.budget.giveBack();
    void connection.close();
  }
}
