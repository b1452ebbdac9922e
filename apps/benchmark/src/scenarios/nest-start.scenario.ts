import { fork } from 'node:child_process';
import { once } from 'node:events';

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
  isCold: true,
  roundShare: 0.6,
  open: async () => [wayOf('without the cache', 'bare'), wayOf('vitalcache', 'cached')],
};

function wayOf(name: string, kind: string): Way {
  const start = async (): Promise<number> => {
    const child = fork(STARTER, [kind], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const exited = once(child, 'exit').then(([code]) => {
      throw new Error(`the application ended (${String(code)})`);
    });
    const told = once(child, 'message').then(([ms]) => ms as number);
    exited.catch(() => undefined); // it ends in any case
    return Promise.race([told, exited]);
  };
  return {
    name,
    check: async () => void (await start()),
    round: async () => ({ value: await start() }),
    close: async () => undefined,
  };
}
