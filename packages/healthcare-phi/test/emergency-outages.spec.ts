import { runWithAccess } from '../src/access/access-scope.js';
import { HealthcareCacheService } from '../src/healthcare-cache.service.js';
import { healthcarePlugin } from '../src/healthcare.plugin.js';
import { generateKeyring } from '../src/keys/keyring/generate-keyring.js';
import { Keyring } from '../src/keys/keyring/keyring.js';
import { LocalKeyringProvider } from '../src/keys/providers/local-keyring.provider.js';
import { MemoryKeyStore } from '../src/keys/stores/memory-key.store.js';
import { AuditRig } from './support/audit.rig.js';
import { NURSE } from './support/guarded-cache.js';
import { MapStore } from './support/map.store.js';

/** What can be down beside the audit's sink. */
type Part = 'origin' | 'kms' | 'store' | 'keyStore';
type Outage = readonly (Part | 'sink')[];
type Manner = 'refuses' | 'hangs';

/** By a clock that runs ahead of the disk, which has to have time enough all the same. */
const DISK_MS = 30_000;
const DOWN = new Error('the origin is down');
const silent = { debug: () => {}, log: () => {}, warn: () => {}, error: () => {} };

/** A hospital whose parts can be down, each in that manner. */
async function hospital(manner: Manner) {
  const rig = await new AuditRig({ limits: { emergencyTimeoutMs: DISK_MS } }).start();
  const down = new Set<Part>();
  const fail = (): Promise<never> =>
    manner === 'hangs' ? new Promise(() => undefined) : Promise.reject(new Error('down'));
  const faulty = <T extends object>(part: Part, of: T): T =>
    new Proxy(of, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        const isLocal = name === 'journal'; // it is in this process
        return (...given: unknown[]): unknown =>
          down.has(part) && !isLocal ? fail() : Reflect.apply(member, target, given);
      },
    });
  const keyring = Keyring.parse(generateKeyring());
  const keyProvider = faulty('kms', new LocalKeyringProvider(keyring));
  const keyStore = faulty('keyStore', new MemoryKeyStore(rig.clock));
  const store = faulty('store', new MapStore());
  let calls = 0;
  const load = async (): Promise<string> => {
    if (down.has('origin')) throw DOWN;
    return `v${++calls}`;
  };
  const process = async () => {
    const { clock, audit } = rig;
    const plugin = healthcarePlugin({
      keyring,
      keyProvider,
      keyStore,
      audit,
      clock,
      logger: silent,
    });
    const cache = new HealthcareCacheService(store, { clock, logger: silent, plugins: [plugin] });
    await ended(cache.start());
    return cache;
  };
  /** Lets time pass until it is over; what is waited for is waited for on this clock. */
  const ended = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false;
    const over = (): void => void (isOver = true);
    work.then(over, over);
    while (!isOver) await rig.pass(20, 1);
    return work;
  };
  const asNurse = <T>(work: () => Promise<T>) => ended(runWithAccess(NURSE, work));
  return {
    rig,
    process,
    contacts: (cache: HealthcareCacheService) => asNurse(() => cache.cacheEmergencyData('7', load)),
    restricted: (cache: HealthcareCacheService) =>
      asNurse(() =>
        cache.cache('patient:7:notes', load, { containsPHI: true, complianceLevel: 'restricted' }),
      ),
    takeDown: async (outage: Outage) => {
      for (const part of outage) if (part !== 'sink') down.add(part);
      if (outage.includes('sink')) await rig.takeDown();
    },
  };
}

const PARTS = ['origin', 'kms', 'sink', 'store', 'keyStore'] as const;
const PAIRS: readonly Outage[] = PARTS.flatMap((one, i) => [
  [one],
  ...PARTS.slice(i + 1).map((other) => [one, other] as const),
]);
const KEYS_ALONE: Outage = ['origin', 'kms', 'sink', 'keyStore'];
const NAMED = [...PAIRS, KEYS_ALONE, PARTS].map((outage) => [outage.join(', '), outage] as const);

describe.each<Manner>(['refuses', 'hangs'])(
  '312(a)(2)(ii): emergency data while parts are down, each alone and together; what is down %s',
  (manner) => {
    let of: Awaited<ReturnType<typeof hospital>>;

    beforeEach(async () => {
      of = await hospital(manner);
    });
    afterEach(() => of.rig.dispose());

    const served = async (cache: HealthcareCacheService, hasCopy: boolean, outage: Outage) => {
      const read = of.contacts(cache);
      const isDown = outage.includes('origin');
      if (isDown && !hasCopy) await expect(read).rejects.toBe(DOWN);
      else expect(await read).toMatchObject({ data: isDown ? 'v1' : 'v2', stale: isDown });
    };

    it.each(NAMED)('is served by a process that has its keys, without %s', async (_, outage) => {
      const cache = await of.process();
      await of.contacts(cache);
      await cache.settled();
      of.rig.clock.advance(400_000);
      await of.takeDown(outage);
      await served(cache, !outage.includes('store'), outage);
      const onDisk = () =>
        [...of.rig.spooled('emergency'), ...of.rig.spooled('spool')].some(
          ({ actor, event }) => actor === NURSE.actor && event === 'read',
        );
      if (outage.includes('sink')) await of.rig.until('its record is on the disk', onDisk);
      else expect(onDisk()).toBe(false);
    });

    it.each(NAMED)(
      'is served by a process that just came up, if it can be had at all: without %s',
      async (_, outage) => {
        const before = await of.process();
        await of.contacts(before);
        await before.settled();
        of.rig.clock.advance(400_000);
        await of.takeDown(outage);
        const hasCopy = !outage.some((part) => ['kms', 'store', 'keyStore'].includes(part));
        await served(await of.process(), hasCopy, outage);
      },
    );
  },
);

describe('restricted data beside it', () => {
  it('waits for its record, and is refused without', async () => {
    const of = await hospital('refuses');
    const cache = await of.process();
    await of.restricted(cache);
    await of.takeDown(['sink']);
    await expect(of.restricted(cache)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    expect(await of.contacts(cache)).toMatchObject({ source: 'origin' });
    await of.rig.dispose();
  });
});
