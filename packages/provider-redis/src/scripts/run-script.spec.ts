import { createHash } from 'node:crypto';

import type { Redis } from 'ioredis';

import { luaScripts } from './lua-scripts.js';
import { runScript } from './run-script.js';

const source = luaScripts.releaseLease;
const digest = createHash('sha1').update(source).digest('hex');

function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}

/** A client whose answers are given; what it was asked. */
function makeClient(...answers: (Error | number)[]) {
  const calls: unknown[][] = [];
  const callBuffer = async (...call: unknown[]): Promise<number> => {
    calls.push(call);
    const answer = answers.shift() as Error | number;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const run = (before?: () => void): Promise<unknown> =>
    runScript({ callBuffer } as unknown as Redis, 'releaseLease', ['key'], ['token', 7], before);
  return { calls, run };
}

describe('runScript', () => {
  it('sends the digest, the number of keys, the key and the arguments', async () => {
    const { calls, run } = makeClient(1);
    expect(await run()).toBe(1);
    expect(calls).toEqual([['EVALSHA', [digest, 1, 'key', 'token', 7]]]);
  });

  it('sends the source once when the server does not know the digest', async () => {
    const { calls, run } = makeClient(replyError('NOSCRIPT No matching script.'), 0);
    expect(await run()).toBe(0);
    expect(calls.map(([command, args]) => [command, (args as unknown[])[0]])).toEqual([
      ['EVALSHA', digest],
      ['EVAL', source],
    ]);
  });

  it('never sends it a second time', async () => {
    const noScript = replyError('NOSCRIPT No matching script.');
    const { calls, run } = makeClient(noScript, noScript, 1);
    await expect(run()).rejects.toThrow('NOSCRIPT');
    expect(calls).toHaveLength(2);
  });

  it.each(['OOM command not allowed', 'MOVED 1 a:1', 'NOSCRIPTS'])(
    'sends nothing again after %s',
    async (message) => {
      const other = message === 'NOSCRIPTS' ? new Error(message) : replyError(message);
      const { calls, run } = makeClient(other);
      await expect(run()).rejects.toBe(other);
      expect(calls).toHaveLength(1);
    },
  );

  it('announces each command, for a slot that is on its way', async () => {
    const before = jest.fn();
    await makeClient(replyError('NOSCRIPT'), 1).run(before);
    expect(before).toHaveBeenCalledTimes(2);
  });
});
