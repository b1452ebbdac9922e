import { CacheError } from '@vitalcache/core';

import { ClosedError } from './connection/redis-link.js';
import {
  refused,
  RedisError,
  timedOut,
  UnconnectedError,
  failureOf,
} from './connection/redis.errors.js';
import { RetryPolicy } from './retry.policy.js';

const pauses: number[] = [];
/** What a pause does beside ending. */
let onPause: (signal: AbortSignal) => void = () => undefined;

jest.mock('node:timers/promises', () => ({
  setTimeout: async (ms: number, _: unknown, { signal }: { signal: AbortSignal }) => {
    pauses.push(ms);
    onPause(signal);
  },
}));

const passing = new RedisError(refused('LOADING'));

/** Work that fails in these ways, then succeeds. */
function failing(...errors: readonly Error[]) {
  const left = [...errors];
  return jest.fn(async () => {
    const error = left.shift();
    if (error) throw error;
    return 'done';
  });
}

function makePolicy({ attempts = 3, delayMs = 1_000, random = 1 } = {}) {
  const closing = new AbortController();
  const { signal } = closing;
  const policy = new RetryPolicy({ attempts, delayMs, random: () => random, signal });
  return { policy, closing };
}

beforeEach(() => {
  pauses.length = 0;
  onPause = () => undefined;
});

describe('RetryPolicy', () => {
  it('does once what succeeds', async () => {
    const work = failing();
    expect(await makePolicy().policy.run(work)).toBe('done');
    expect(work).toHaveBeenCalledTimes(1);
    expect(pauses).toEqual([]);
  });

  it('tries again as often as it may, with pauses that double up to the longest one', async () => {
    const work = failing(passing, passing, passing);
    expect(await makePolicy().policy.run(work)).toBe('done');
    expect(pauses).toEqual([250, 500, 1_000]);
  });

  it('takes a random half off each pause', async () => {
    await makePolicy({ random: 0 }).policy.run(failing(passing, passing, passing));
    expect(pauses).toEqual([125, 250, 500]);
  });

  it('rejects with the last failure when it has tried often enough', async () => {
    const last = new RedisError(refused('READONLY'));
    const work = failing(passing, passing, last);
    await expect(makePolicy({ attempts: 2 }).policy.run(work)).rejects.toBe(last);
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('tries nothing again for 0 attempts', async () => {
    const work = failing(passing);
    await expect(makePolicy({ attempts: 0 }).policy.run(work)).rejects.toBe(passing);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it.each(['LOADING', 'READONLY', 'MASTERDOWN', 'CLUSTERDOWN', 'TRYAGAIN', 'BUSY'])(
    'tries again after %s',
    async (word) => {
      expect(await makePolicy().policy.run(failing(new RedisError(refused(word))))).toBe('done');
    },
  );

  it('tries again when the connection was lost under it', async () => {
    const lost = new RedisError(failureOf(new Error('Connection is closed.')));
    expect(await makePolicy().policy.run(failing(lost))).toBe('done');
  });

  it.each([
    ['OOM', new RedisError(refused('OOM'))],
    ['NOPERM', new RedisError(refused('NOPERM'))],
    ['a time-out, after which it may still take effect', new RedisError(timedOut())],
    ['the end of this process’s connections', new ClosedError()],
    ['an error that is not of the store', new CacheError('STORE_UNAVAILABLE', 'x')],
    ['no connection from the start', new UnconnectedError(failureOf(null))],
  ])('does not try again after %s', async (_, error) => {
    const work = failing(error);
    await expect(makePolicy().policy.run(work)).rejects.toBe(error);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('goes on while the connection that it lost is not back', async () => {
    const away = [failureOf(null), refused('LOADING')].map((one) => new UnconnectedError(one));
    expect(await makePolicy().policy.run(failing(passing, ...away))).toBe('done');
    const refusal = new UnconnectedError(refused('WRONGPASS'));
    await expect(makePolicy().policy.run(failing(passing, refusal))).rejects.toBe(refusal);
  });

  it('ends a pause when all is closed, and tells what the work says then', async () => {
    const { policy, closing } = makePolicy();
    onPause = (signal) => {
      closing.abort();
      signal.throwIfAborted();
    };
    const closed = new ClosedError();
    await expect(policy.run(failing(passing, closed))).rejects.toBe(closed);
  });
});
