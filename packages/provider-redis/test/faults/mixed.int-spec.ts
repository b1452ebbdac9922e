import { setTimeout as sleep } from 'node:timers/promises';

import { admin } from './admin.js';
import { describeFaults, type FaultStore } from './describe-faults.js';
import { SCALE } from './fault-plan.js';
import type { FaultContext } from './under-load.js';

type Step = (context: FaultContext<FaultStore>) => Promise<unknown>;

/** Faults that are over when they end. */
const STEPS: Readonly<Record<string, Step>> = {
  flush: ({ store }) => admin(store.url, 'FLUSHALL'),
  'lose the journal': ({ store, journal }) => admin(store.url, 'DEL', journal),
  'forget scripts': ({ store }) => admin(store.url, 'SCRIPT', 'FLUSH'),
  'cut connections': ({ store }) => admin(store.url, 'CLIENT', 'KILL', 'TYPE', 'normal'),
  'begin empty': ({ store }) => store.restart(),
  'begin with the data': ({ store }) => store.restart({ keepData: true }),
  'go back': async ({ store }) => {
    const old = await store.snapshot();
    await sleep(Math.random() * 400);
    await store.restore(old);
  },
  hang: async ({ store }) => {
    await store.pause();
    await sleep(Math.random() * 1_500);
    await store.resume();
  },
  'be full': async ({ store }) => {
    await admin(store.url, 'CONFIG', 'SET', 'maxmemory', 1);
    await sleep(Math.random() * 800);
    await admin(store.url, 'CONFIG', 'SET', 'maxmemory', 0);
  },
  'pause a process': async ({ fleet }) => {
    const worker = fleet.workers[Math.floor(Math.random() * fleet.workers.length)];
    worker?.pause();
    await sleep(Math.random() * 1_500);
    worker?.resume();
  },
};

describeFaults('a server that has a bad day', {
  [`and ${4 * SCALE.stretch} faults in a row`]: {
    fault: async (context) => {
      for (let n = 0; n < 4 * SCALE.stretch; n++) {
        const names = Object.keys(STEPS);
        const name = names[Math.floor(Math.random() * names.length)] ?? '';
        context.note(name);
        await STEPS[name]?.(context);
        await sleep(Math.random() * 500);
      }
    },
    restore: ({ url }) => admin(url, 'CONFIG', 'SET', 'maxmemory', 0),
  },
});
