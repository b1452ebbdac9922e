import { WorkerPool } from '../running/worker.pool.js';
import type { IRace } from './race.js';
import { widestTiers } from './widest-tiers.js';

const PROCESSES = 2;
const CALLERS = 20;

/** Whether a cold key is loaded once in all, or once in each process. */
export const twoProcessesRace: IRace = {
  name: 'stampede of two processes',
  title: 'Two processes with 20 callers each ask for a cold key. It must be loaded once.',
  needs: ['shared'],
  otherwise: 'it has no shared store',
  async run({ peer, store }) {
    const pool = await WorkerPool.start(PROCESSES, {
      peers: [peer.name],
      tiers: widestTiers(peer),
      url: store.url,
    });
    const answers = await pool.ask({
      peer: peer.name,
      key: 'row:1',
      callers: CALLERS,
      loadMs: 300,
    });
    await pool.close();
    const loads = answers.reduce((sum, answer) => sum + answer.loadedAt.length, 0);
    return { verdict: loads === 1 ? 'pass' : 'fail', seen: `${loads} loads` };
  },
};
