import { Redis, type RedisOptions } from 'ioredis';

import { reachable, type Address, type AddressMap } from '../connection/address.js';
import type { Target } from '../connection/connection-target.js';
import type { ServerWatch } from '../connection/redis-link.js';
import type { SentinelOptions } from '../connection/redis-options.js';
import { unreachable } from '../connection/redis.errors.js';
import { answersWithin } from '../connection/time-limit.js';

/** Bound on one sentinel's answer, milliseconds: a hanging one must not keep a fail-over waiting. */
const ANSWER_MS = 1_000;
/** How long a sentinel that was lost is left alone before it is listened to again, milliseconds. */
const REHEAR_MS = 1_000;

/** What a sentinel publishes when a primary was replaced: `<name> <old host> <old port> <new host> <new port>`. */
const SWITCHED = '+switch-master';

/**
 * Asks all sentinels where the primary is and believes the one whose configuration is the latest, for one that was cut
 * off from the others still names the primary of before. Listens to all of them while it is open: a primary that hung, was
 * replaced and goes on believes for seconds that it is the primary.
 */
export class SentinelDirectory implements ServerWatch {
  readonly #options: SentinelOptions;
  readonly #target: Target;
  readonly #addressMap: AddressMap;
  readonly #listeners = new Set<() => void>();
  #ears: readonly Redis[] = [];
  #asking: Promise<Address> | null = null;

  /** @param target the servers that the sentinels watch: what holds for them holds for sentinels, but sign-in */
  constructor(options: SentinelOptions, target: Target, addressMap: AddressMap) {
    this.#options = options;
    this.#target = target;
    this.#addressMap = addressMap;
  }

  /**
   * Calls of one tick share an answer: all connections of a pool are lost together.
   * @throws Error that says whether no sentinel answered, or none knows the name
   */
  primary(): Promise<Address> {
    this.#asking ??= Promise.resolve().then(() => {
      this.#asking = null;
      return this.#askAll();
    });
    return this.#asking;
  }

  async isCurrent({ host, port }: Partial<Address>): Promise<boolean> {
    const primary = await this.primary();
    return primary.host === host && primary.port === port;
  }

  onMove(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins to listen. */
  open(): void {
    if (this.#ears.length === 0) this.#ears = this.#options.nodes.map((node) => this.#hear(node));
  }

  /** Ends listening, for good. */
  close(): void {
    for (const ear of this.#ears) ear.disconnect();
  }

  /** A connection that comes back and says each time it does that something may have been missed. */
  #hear(sentinel: Address): Redis {
    const client = this.#clientOf(sentinel, {
      autoResubscribe: false,
      retryStrategy: () => REHEAR_MS,
    });
    client.on('error', () => undefined); // there are others, and it comes back
    client.on(
      'ready',
      () =>
        void client
          .subscribe(SWITCHED)
          .then(() => this.#tell())
          .catch(() => undefined),
    );
    client.on('message', (_channel, text: string) => {
      if (text.startsWith(`${this.#options.name} `)) this.#tell();
    });
    client.connect().catch(() => undefined);
    return client;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  async #askAll(): Promise<Address> {
    const { nodes } = this.#options;
    const answers = await Promise.all(nodes.map((node) => this.#ask(node).catch(() => null)));
    const heard = answers.filter((answer) => answer !== null);
    const [latest] = heard
      .flatMap(({ found }) => (found ? [found] : []))
      .sort((a, b) => b.epoch - a.epoch);
    if (latest) return reachable(latest.address, this.#addressMap);
    throw unreachable(heard.length > 0 ? 'NO_PRIMARY' : 'NO_SENTINEL');
  }

  /** What one sentinel knows; rejects if it does not answer. */
  async #ask(sentinel: Address) {
    const { name } = this.#options;
    const client = this.#clientOf(sentinel);
    client.on('error', () => undefined); // the call below rejects, too
    try {
      const asked = client.connect().then(() => client.call('SENTINEL', ['MASTER', name]));
      return { found: parsePrimary(await answersWithin(ANSWER_MS, asked).catch(unknownName)) };
    } finally {
      if (client.status !== 'end') client.disconnect();
    }
  }

  #clientOf(sentinel: Address, more: RedisOptions = {}): Redis {
    const { username, password, tls } = this.#options;
    return new Redis({
      ...this.#target.client,
      ...this.#target.tls(sentinel, tls),
      ...sentinel,
      db: 0,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...more,
    });
  }
}

/** A sentinel that does not know the name has answered. */
function unknownName(error: unknown): null {
  if (error instanceof Error && error.name === 'ReplyError') return null;
  throw error;
}

/** Names and values in turn. */
function parsePrimary(reply: unknown): { address: Address; epoch: number } | null {
  if (!Array.isArray(reply)) return null;
  const flat = reply.map(String);
  const field = (name: string): string | undefined => flat[flat.indexOf(name) + 1];
  const [host, port] = [field('ip'), Number(field('port'))];
  if (!host || !(port > 0)) return null;
  return { address: { host, port }, epoch: Number(field('config-epoch')) || 0 };
}
