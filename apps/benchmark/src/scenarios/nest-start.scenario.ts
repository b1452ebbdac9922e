import { fork } from 'node:child_process';

import { messageOf } from '../running/message-of.js';
import type { IScenario, Way } from './scenario.js';

const STARTER = new URL('../nest/start.process.js', import.meta.url);

/** What the module adds to the start of an application. */
export const nestStartScenario: IScenario = {
  name: 'nest-start',
  title:
    'Processor time from the definition of 20 classes with 200 methods until the application is initialised: without the ' +
    'cache, and with @Cache() on all of them. Each start is the first of a process; loading the code is left out.',
  unit: 'ms',
  reference: 'without the cache',
  needsTime: true,
  isCold: true,
  roundShare: 0.6,
  open: async () => [wayOf('without the cache', 'bare'), wayOf('vitalcache', 'cached')],
};

function wayOf(name: string, kind: string): Way {
  const start = (): Promise<number> =>
    messageOf(fork(STARTER, [kind], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
  return {
    name,
    check: async () => void (await start()),
    round: async () => ({ value: await start() }),
    close: async () => undefined,
  };
}
