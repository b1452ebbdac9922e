import { startStore } from '@vitalcache/testing';

import { peerNamed } from '../peers/peer-named.js';
import type { RaceResult } from '../results/benchmark-result.js';
import { ALL_RACES } from './all-races.js';
import type { IRace, Outcome } from './race.js';

/** One question to one peer, in words that pass between processes. */
export interface RaceTask {
  readonly race: string;
  readonly peer: string;
}

/** Asks in this process, on a store of its own: it may be killed. */
export async function runRace({ race: raceName, peer: peerName }: RaceTask): Promise<RaceResult> {
  const race = ALL_RACES.find(({ name }) => name === raceName);
  if (!race) throw new Error(`There is no race ${raceName}.`);
  const peer = await peerNamed(peerName);
  const store = await startStore('redis');
  const errors = collectUncaught();
  try {
    const outcome = await race.run({ peer, store });
    return { ...labels(race, peerName), ...withUncaught(outcome, errors) };
  } finally {
    await store.stop();
  }
}

/** Collects what would otherwise end this process: the race goes on, to see what else there is. */
function collectUncaught(): readonly unknown[] {
  const errors: unknown[] = [];
  process.on('uncaughtException', (error) => errors.push(error));
  return errors;
}

function withUncaught({ verdict, seen }: Outcome, errors: readonly unknown[]): Outcome {
  if (errors.length === 0) return { verdict, seen };
  const also = 'an error that nobody can be told of would have ended the process';
  return { verdict: 'fail', seen: `${seen}; ${also}` };
}

export const labels = (
  { name, title }: IRace,
  peer: string,
): Pick<RaceResult, 'race' | 'title' | 'peer'> => ({ race: name, title, peer });
