import { describeWithRedis } from '@vitalcache/testing';

import { RemoteProcess } from './support/remote-process.js';

const PROCESSES = 8;
const CALLERS = 200;
const KEYS = 3;
const LOAD_MS = 200;

interface Stampede {
  readonly loads: number;
  readonly values: readonly unknown[];
}

describeWithRedis('a stampede of 8 processes with 200 callers each', (store) => {
  const processes: RemoteProcess[] = [];
  beforeAll(async () => {
    for (let i = 0; i < PROCESSES; i++) {
      processes.push(new RemoteProcess('stampede-worker.mjs', store().url, store().prefix));
    }
    await Promise.all(processes.map((one) => one.call('start')));
  }, 60_000);
  afterAll(() => Promise.all(processes.map((one) => one.close())), 60_000);

  it.each(Array.from({ length: KEYS }, (_, i) => `cold:${i}`))(
    'loads %s once in all, and everybody gets the value',
    async (key) => {
      const found = (await Promise.all(
        processes.map((one) => one.call('stampede', { key, callers: CALLERS, ms: LOAD_MS })),
      )) as Stampede[];
      expect(found.reduce((sum, { loads }) => sum + loads, 0)).toBe(1);
      expect(found.flatMap(({ values }) => values)).toEqual(Array(PROCESSES).fill('value'));
    },
    30_000,
  );
});
