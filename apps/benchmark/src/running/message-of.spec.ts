import { spawn, type ChildProcess } from 'node:child_process';

import { messageOf } from './message-of.js';

const started = (source: string): ChildProcess =>
  spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });

describe('messageOf', () => {
  it('gives what a process says', async () => {
    expect(await messageOf(started('process.send(7, () => process.exit())'))).toBe(7);
  });

  it('waits for none that ended without a word', async () => {
    await expect(messageOf(started('process.exit(3)'))).rejects.toThrow('a process ended (3)');
  });
});
