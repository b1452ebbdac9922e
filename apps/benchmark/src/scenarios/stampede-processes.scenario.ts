import { median, quantile } from '../measuring/statistics.js';
import { WorkerPool } from '../running/worker.pool.js';
import { expectValue } from './expect-value.js';
import type { IScenario } from './scenario.js';

const CALLERS = 200;
const LOAD_MS = 200;

/** Everybody asks for the same cold key at once, in several processes. */
export const stampedeProcessesScenario: IScenario = {
  name: 'stampede-processes',
  title:
    '8 processes (2 at a first look) with 200 callers each ask for one cold key, whose load takes 200 ms: how long after the end of the first ' +
    'load the median caller has the value, and how many loads there were.',
  unit: 'ms',
  reference: 'vitalcache',
  isCold: true, // the check asked all of them once
  roundShare: 0.67,
  async open({ sizes, peers, url }) {
    const able = peers
      .filter(({ abilities }) => abilities.includes('shared'))
      .map((peer) => peer.name);
    const pool = await WorkerPool.start(sizes.processes, { peers: able, tiers: 'shared', url });
    const ask = async (peer: string, key: string) => {
      const answers = await pool.ask({ peer, key, callers: CALLERS, loadMs: LOAD_MS });
      const loadedAt = Math.min(...answers.flatMap((answer) => answer.loadedAt));
      return {
        loads: answers.reduce((sum, answer) => sum + answer.loadedAt.length, 0),
        waits: answers.flatMap(({ answeredAt }) => answeredAt.map((at) => at - loadedAt)),
      };
    };
    return able.map((name) => {
      let next = 0;
      return {
        name,
        check: async () => {
          const { loads, waits } = await ask(name, 'checked');
          expectValue('answers', waits.length, CALLERS * sizes.processes);
          if (name === 'vitalcache') expectValue('loads', loads, 1);
        },
        round: async () => {
          const { loads, waits } = await ask(name, `cold:${next++}`);
          const worst = quantile(waits, 0.99);
          return { value: Math.max(0.01, median(waits)), details: { loads, '99 of 100': worst } };
        },
        close: () => pool.close(),
      };
    });
  },
};
