import { repeat, timed } from '../measuring/stopwatch.js';
import type { IPeer } from '../peers/peer.js';
import { expectValue } from './expect-value.js';
import { openPeer, type OpenPeer } from './open-peers.js';
import type { IScenario, Sample, ScenarioContext, Way } from './scenario.js';

/** So many may be stored anew before each invalidation; beyond it only once. */
const REFILLED = 1_000;
const CALLS = 20;
const CHUNK = 1_000;
const SAMPLES = 100;
const idOf = (key: string): number => Number(key.slice(key.indexOf(':') + 1));
const keyOf = (id: number): string => `visits:${id}`;

/** A tag that more and more entries carry. */
export const tagInvalidationScenario: IScenario = {
  name: 'tag-invalidation',
  title:
    'Invalidating a tag that so many entries in the shared store carry, one call after the other.',
  unit: 'ms',
  reference: 'none',
  axis: 'entries with the tag',
  everyStore: true,
  async open(context) {
    const able = context.peers.filter(({ abilities }) => {
      return abilities.includes('tags') && abilities.includes('shared');
    });
    const ways = able.flatMap((peer) =>
      context.sizes.carriers
        .filter((carriers) => carriers <= REFILLED || peer.abilities.includes('batch'))
        .map((carriers) => open(peer, carriers, context)),
    );
    return Promise.all(ways);
  },
};

async function open(peer: IPeer, carriers: number, context: ScenarioContext): Promise<Way> {
  const { url, product } = context;
  const load = async (key: string): Promise<unknown> => ({ id: idOf(key) });
  const terms = { tiers: 'shared', url, product, load, tags: ['all'] } as const;
  return new TaggedWay(await openPeer(peer, terms), carriers);
}

class TaggedWay implements Way {
  readonly name: string;
  #isFilled = false;

  constructor(
    private readonly peer: OpenPeer,
    readonly at: number,
  ) {
    this.name = peer.name;
  }

  async check(): Promise<void> {
    const { cache, loads } = this.peer;
    await this.#fill();
    const step = Math.max(1, Math.floor(this.at / SAMPLES));
    const ids = Array.from({ length: Math.min(SAMPLES, this.at) }, (_, i) => i * step);
    const loadsOf = async (): Promise<number> => {
      const before = loads();
      for (const id of ids) expectValue('a value', await cache.read(keyOf(id)), { id });
      return loads() - before;
    };
    expectValue('loads before the invalidation', await loadsOf(), 0);
    await cache.invalidateTag?.('all');
    expectValue('loads after it', await loadsOf(), ids.length);
  }

  async round(): Promise<Sample> {
    const calls = this.at <= 1 ? CALLS : this.at <= REFILLED ? 3 : CALLS;
    let [value, cpu] = [0, 0];
    for (let i = 0; i < calls; i++) {
      if (this.at <= REFILLED) await this.#fill();
      const spent = await timed(async () => this.peer.cache.invalidateTag?.('all'));
      value += spent.wallMs / calls;
      cpu += spent.cpuMs / calls;
    }
    return { value, cpu };
  }

  close(): Promise<void> {
    return this.peer.cache.close();
  }

  async #fill(): Promise<void> {
    const { cache } = this.peer;
    const fill = cache.fill ?? cache.writeMany;
    if (this.at <= REFILLED || !fill) {
      await repeat(this.at, 64, (id) => cache.read(keyOf(id)));
      await cache.settled?.();
      return;
    }
    if (this.#isFilled) return;
    this.#isFilled = true;
    for (let first = 0; first < this.at; first += CHUNK) {
      const ids = Array.from({ length: Math.min(CHUNK, this.at - first) }, (_, i) => first + i);
      await fill(ids.map((id) => [keyOf(id), { id }] as const));
    }
  }
}
