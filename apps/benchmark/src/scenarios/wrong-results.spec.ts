import type { IPeer } from '../peers/peer.js';
import { interleaved } from '../running/interleaved.js';
import { l1HitScenario } from './l1-hit.scenario.js';
import { stampedeScenario } from './stampede.scenario.js';
import { SIZES } from './sizes.js';
import type { IScenario } from './scenario.js';

/** A cache that is right, or wrong in one way. */
function peerThat(fault: 'is right' | 'lies'): IPeer {
  return {
    name: fault,
    packages: [],
    abilities: ['own'],
    open: async ({ load }) => {
      const held = new Map<string, Promise<unknown>>();
      return {
        read: async (key) => {
          if (fault === 'lies') return { id: 'somebody else' };
          const known = held.get(key) ?? load(key);
          held.set(key, known);
          return known;
        },
        close: async () => undefined,
      };
    },
  };
}

describe.each([
  ['l1-hit', l1HitScenario],
  ['stampede', stampedeScenario],
] as [string, IScenario][])('%s', (_, scenario) => {
  const failureOf = async (fault: 'is right' | 'lies'): Promise<string | null | undefined> => {
    const context = { sizes: SIZES.tiny, peers: [peerThat(fault)], url: '', product: 'redis' };
    const ways = await scenario.open(context as never);
    const [result] = await interleaved(ways, { rounds: 1 }, () => undefined);
    return result?.failure;
  };

  it('measures a cache that is right', async () => {
    expect(await failureOf('is right')).toBeNull();
  });

  it('has no numbers of one whose results are wrong', async () => {
    expect(await failureOf('lies')).toMatch(/expected/);
  });
});
