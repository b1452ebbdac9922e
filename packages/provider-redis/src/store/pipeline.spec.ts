import type { Redis } from 'ioredis';

import { runPipeline } from './pipeline.js';

function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}

function clientWith(...outcomes: [Error | null, unknown][]): Redis {
  const sent: string[] = [];
  const commands = { get: (key: string) => sent.push(key), exec: async () => outcomes };
  return { pipeline: () => commands, sent } as unknown as Redis;
}

describe('runPipeline', () => {
  it('has for each command its result or its error', async () => {
    const refused = replyError('NOPERM no access');
    const moved = replyError('MOVED 1 a:1');
    const client = clientWith([null, 'a'], [refused, undefined], [moved, undefined], [null, null]);
    const outcomes = await runPipeline(client, (commands) => void commands.get('a'));
    expect(outcomes).toEqual([
      [null, 'a'],
      [refused, undefined],
      [moved, undefined],
      [null, null],
    ]);
    expect((client as unknown as { sent: string[] }).sent).toEqual(['a']);
  });

  it.each([
    ['the connection was lost', new Error('Connection is closed.')],
    ['there was no answer in time', new Error('Command timed out')],
    ['the server became a replica', replyError('READONLY You can not write')],
    ['the server is loading', replyError('LOADING Redis is loading')],
  ])('fails as a whole when %s', async (_, error) => {
    const client = clientWith([null, 'OK'], [error, undefined]);
    await expect(runPipeline(client, () => undefined)).rejects.toBe(error);
  });
});
