import { Redis } from 'ioredis';

import { reachable, type Address, type AddressMap } from '../connection/address.js';
import type { Target } from '../connection/connection-target.js';
import type { SentinelOptions } from '../connection/redis-options.js';
import { unreachable } from '../connection/redis.errors.js';
import { answersWithin } from '../connection/time-limit.js';

/** Bound on one sentinel's answer, milliseconds: a hanging one must not keep a fail-over waiting. */
const ANSWER_MS = 1_000;

/**
 * Asks all sentinels where the primary is and believes the one whose configuration is the latest, for one that was cut
 * off from the others still names the primary of before.
 */
export class SentinelDirectory {
  readonly #options: SentinelOptions;
  readonly #target: Target;
  readonly #addressMap: AddressMap;
  #asking: Promise<Address> | null = null;

  /** @param target the servers that the sentinels watch: what holds for them holds for sentinels, but sign-in */
  constructor(options: SentinelOptions, target: Target, addressMap: AddressMap) {
    this.#options = options;
    this.#target = target;
    this.#addressMap = addressMap;
  }

  /**
   * Calls at the same time share an answer: all connections of a pool are lost together.
   * @throws Error that says whether no sentinel answered, or none knows the name
   */
  primary(): Promise<Address> {
    this.#asking ??= this.#askAll().finally(() => (this.#asking = null));
    return this.#asking;
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
    const { name, username, password, tls } = this.#options;
    const client = new Redis({
      ...this.#target.client,
      ...this.#target.tls(sentinel, tls),
      ...sentinel,
      db: 0,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    });
    client.on('error', () => undefined); // the call below rejects, too
    try {
      const asked = client.connect().then(() => client.call('SENTINEL', ['MASTER', name]));
      return { found: parsePrimary(await answersWithin(ANSWER_MS, asked).catch(unknownName)) };
    } finally {
      if (client.status !== 'end') client.disconnect();
    }
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
