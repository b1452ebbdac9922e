import { setTimeout as sleep } from 'node:timers/promises';

import { startStore, storeSources, type TestStore } from '@vitalcache/testing';

import { quantile } from '../measuring/statistics.js';
import { repeat } from '../measuring/stopwatch.js';
import type { IPeer } from '../peers/peer.js';
import { openPeer, type OpenPeer } from './open-peers.js';
import type { IScenario, Sample, Way } from './scenario.js';

const CALLERS = 32;
const KEYS = 1_000;
const LOAD_MS = 5;
/** How long one is waited for that can't be closed while its store is down. */
const CLOSE_MS = 100;

/** What readers notice of a store that dies under them. */
export const storeKilledScenario: IScenario = {
  name: 'store-killed',
  title:
    '32 callers read; the store is killed. How long reads take from then on (99 of 100 of them), with a loader of 5 ms, ' +
    'and how many are answered with an error or not within 2 s.',
  unit: 'ms',
  reference: 'vitalcache',
  isCold: true,
  roundShare: 0.14,
  async open({ peers, sizes }) {
    // It will be expected from caches that no handler can be given to.
    process.on('uncaughtException', () => undefined);
    const able = peers.filter(({ abilities }) => abilities.includes('shared'));
    return able.map((peer) => new KilledWay(peer, sizes.loadSeconds * 1_000));
  },
};

/** Each round has a store and a cache of its own: one that was killed is not the same again. */
class KilledWay implements Way {
  readonly name: string;

  constructor(
    private readonly peer: IPeer,
    private readonly spanMs: number,
  ) {
    this.name = peer.name;
  }

  async check(): Promise<void> {
    const [source] = storeSources('redis');
    if (!source?.abilities.includes('kill')) {
      throw new Error(`a store from ${source?.kind ?? 'nowhere'} can't be killed`);
    }
  }

  async round(): Promise<Sample> {
    const store = await startStore('redis');
    const opened = await this.#open(store);
    try {
      await repeat(KEYS / 10, CALLERS, (i) => opened.cache.read(`rows:${i * 10}`));
      return await this.#load(opened, () => store.kill?.() ?? Promise.resolve());
    } finally {
      await Promise.race([opened.cache.close().catch(() => undefined), sleep(CLOSE_MS)]);
      await store.stop();
    }
  }

  async close(): Promise<void> {}

  #open({ url }: TestStore): Promise<OpenPeer> {
    const load = async (key: string): Promise<unknown> => {
      await sleep(LOAD_MS);
      return { key };
    };
    return openPeer(this.peer, { tiers: 'shared', url, load });
  }

  async #load({ cache }: OpenPeer, kill: () => Promise<void>): Promise<Sample> {
    const waits: number[] = [];
    let [errors, unanswered, isKilled, next] = [0, 0, false, 0];
    const endsAt = performance.now() + this.spanMs;
    // Longer waits are counted as this long, and as unanswered.
    const patienceMs = this.spanMs;
    const caller = async (): Promise<void> => {
      while (performance.now() < endsAt) {
        const startedAt = performance.now();
        const answer = cache.read(`rows:${(next += 7) % KEYS}`).then(
          () => 'value',
          () => 'error',
        );
        const said = await Promise.race([answer, sleep(patienceMs, 'nothing')]);
        if (!isKilled) continue;
        waits.push(performance.now() - startedAt);
        if (said === 'error') errors++;
        if (said === 'nothing') unanswered++;
        if (said === 'error') await sleep(1); // a cache that only rejects must not keep the process busy
      }
    };
    const callers = Promise.all(Array.from({ length: CALLERS }, caller));
    await sleep(this.spanMs / 4);
    await kill();
    isKilled = true;
    await callers;
    const [middle, worst] = [0.5, 0.99].map((share) => quantile(waits, share)) as [number, number];
    return { value: worst, details: { 'p50 ms': middle, reads: waits.length, errors, unanswered } };
  }
}
