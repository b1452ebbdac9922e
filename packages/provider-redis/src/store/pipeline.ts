import type { ChainableCommander, Redis } from 'ioredis';

import { RedisError, toCacheError } from '../connection/redis.errors.js';

/** What became of one command of several: its error, or what it resolved with. */
export type Outcome = readonly [error: Error | null, result: unknown];

/**
 * Sends commands together; each has an outcome of its own.
 * @throws Error of the client, if what became of one concerns all: no answer, or a server that is not what it was
 */
export async function runPipeline(
  client: Redis,
  fill: (commands: ChainableCommander) => void,
): Promise<readonly Outcome[]> {
  const commands = client.pipeline();
  fill(commands);
  const outcomes = (await commands.exec()) ?? [];
  const common = outcomes.find(([error]) => error !== null && concernsAll(error));
  if (common) throw common[0] as Error;
  return outcomes;
}

/** Whether it says something of the server, not of what one command named. */
export function concernsAll(error: Error): boolean {
  const explained = toCacheError(error);
  const isOfServer =
    explained instanceof RedisError && (explained.isWrongRole || explained.word === 'OOM');
  return isOfServer || explained.code !== 'STORE_REFUSED';
}
