import { fork } from 'node:child_process';

import autocannon from 'autocannon';

import { messageOf } from '../running/message-of.js';
import { expectValue } from './expect-value.js';
import type { IScenario, Way } from './scenario.js';

const SERVER = new URL('../nest/route-server.process.js', import.meta.url);
const CONNECTIONS = 32;
/** Requests before it counts. */
const WARM_UP = 3_000;
const KINDS = ['constant', 'vitalcache', '@nestjs/cache-manager'];

/** A route whose answer is cached, over HTTP. */
export const nestRouteScenario: IScenario = {
  name: 'nest-route',
  title:
    'Requests a second of a Nest route on Fastify that returns a constant: as it is, with @Cache() that hits, and with the ' +
    'interceptor of @nestjs/cache-manager. 32 connections; servers in processes of their own, whose heaps were collected.',
  unit: 'requests/s',
  isMoreBetter: true,
  reference: 'constant',
  isCold: true, // the check has warmed it up
  roundShare: 0.4,
  open: ({ sizes }) => Promise.all(KINDS.map((kind) => open(kind, Math.ceil(sizes.loadSeconds)))),
};

async function open(name: string, seconds: number): Promise<Way> {
  const child = fork(SERVER, [name], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const port = await messageOf<number>(child);
  const url = `http://127.0.0.1:${port}`;
  const load = (terms: { amount: number } | { duration: number }): Promise<autocannon.Result> =>
    autocannon({ url: `${url}/answers/7`, connections: CONNECTIONS, ...terms });
  const json = async (path: string): Promise<unknown> => (await fetch(`${url}/${path}`)).json();
  return {
    name,
    check: async () => {
      const first = await json('answers/7');
      for (let i = 0; i < 10; i++) expectValue('the answer', await json('answers/7'), first);
      if (name !== 'constant')
        expectValue('calls of the handler', await json('calls'), { calls: 1 });
      await load({ amount: WARM_UP });
    },
    round: async () => {
      const result = await load({ duration: seconds });
      expectValue('errors', result.errors + result.non2xx, 0);
      return { value: result.requests.average, details: { 'p99 ms': result.latency.p99 } };
    },
    close: async () => void child.kill(),
  };
}
