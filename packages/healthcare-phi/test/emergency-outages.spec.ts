import { CacheError } from '@vitalcache/core';

import { runWithAccess } from '../src/access/access-scope.js';
import { HealthcareCacheService } from '../src/healthcare-cache.service.js';
import { healthcarePlugin } from '../src/healthcare.plugin.js';
import { generateKeyring } from '../src/keys/keyring/generate-keyring.js';
import { Keyring } from '../src/keys/keyring/keyring.js';
import type { WrapContext } from '../src/keys/providers/key-provider.js';
import { LocalKeyringProvider } from '../src/keys/providers/local-keyring.provider.js';
import { MemoryKeyStore } from '../src/keys/stores/memory-key.store.js';
import { AuditRig } from './support/audit.rig.js';
import { NURSE } from './support/guarded-cache.js';
import { MapStore } from './support/map.store.js';

/** A key service that can be down. */
class FaultyProvider extends LocalKeyringProvider {
  isDown = false;

  override async wrap(raw: Uint8Array, context: WrapContext): Promise<Buffer> {
    this.#assertUp();
    return super.wrap(raw, context);
  }

  override async unwrap(wrapped: Uint8Array, context: WrapContext): Promise<Buffer | null> {
    this.#assertUp();
    return super.unwrap(wrapped, context);
  }

  #assertUp(): void {
    if (this.isDown) throw new CacheError('STORE_UNAVAILABLE', 'The key service is down.');
  }
}

/** By a clock that runs ahead of the disk, which has to have time enough all the same. */
const DISK_MS = 30_000;
const DOWN = new Error('the origin is down');
const silent = { debug: () => {}, log: () => {}, warn: () => {}, error: () => {} };

/** A hospital with everything real but its origin, its key service and its audit's sink, which can fail. */
async function hospital() {
  const rig = await new AuditRig({ limits: { emergencyTimeoutMs: DISK_MS } }).start();
  const keyring = Keyring.parse(generateKeyring());
  const kms = new FaultyProvider(keyring);
  const [store, keyStore] = [new MapStore(), new MemoryKeyStore(rig.clock)];
  const origin = { isDown: false, calls: 0 };
  const load = async (): Promise<string> => {
    if (origin.isDown) throw DOWN;
    return `v${++origin.calls}`;
  };
  const process = async () => {
    const { clock, audit } = rig;
    const plugin = healthcarePlugin({
      keyring,
      keyProvider: kms,
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
    kms,
    origin,
    process,
    contacts: (cache: HealthcareCacheService) => asNurse(() => cache.cacheEmergencyData('7', load)),
    restricted: (cache: HealthcareCacheService) =>
      asNurse(() =>
        cache.cache('patient:7:notes', load, { containsPHI: true, complianceLevel: 'restricted' }),
      ),
    takeDown: async (what: Outage) => {
      origin.isDown = what.origin;
      kms.isDown = what.kms;
      if (what.sink) await rig.takeDown();
    },
  };
}

interface Outage {
  readonly origin: boolean;
  readonly kms: boolean;
  readonly sink: boolean;
}

const OUTAGES: readonly Outage[] = [1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  origin: (bits & 1) > 0,
  kms: (bits & 2) > 0,
  sink: (bits & 4) > 0,
}));

describe('312(a)(2)(ii): emergency data while parts are down, each alone and together', () => {
  let of: Awaited<ReturnType<typeof hospital>>;

  beforeEach(async () => {
    of = await hospital();
  });
  afterEach(() => of.rig.dispose());

  it.each(OUTAGES)('is served by a process that has its keys, with down: %j', async (outage) => {
    const cache = await of.process();
    await of.contacts(cache);
    await cache.settled();
    of.rig.clock.advance(400_000);
    await of.takeDown(outage);
    const result = await of.contacts(cache);
    expect(result).toMatchObject({ data: outage.origin ? 'v1' : 'v2', stale: outage.origin });
    const onDisk = () =>
      [...of.rig.spooled('emergency'), ...of.rig.spooled('spool')].some(
        ({ actor, source }) => actor === NURSE.actor && source !== undefined,
      );
    if (outage.sink) await of.rig.until('the emergency is on record on the disk', onDisk);
    else expect(onDisk()).toBe(false);
  });

  it.each(OUTAGES)(
    'is served by a process that just came up if it can be had at all: %j',
    async (outage) => {
      const before = await of.process();
      await of.contacts(before);
      await before.settled();
      of.rig.clock.advance(400_000);
      await of.takeDown(outage);
      const read = of.contacts(await of.process());
      if (outage.origin && outage.kms) await expect(read).rejects.toBe(DOWN);
      else
        expect(await read).toMatchObject({
          data: outage.origin ? 'v1' : 'v2',
          stale: outage.origin,
        });
    },
  );

  it('is not what restricted data is: that waits for its record, and is refused without', async () => {
    const cache = await of.process();
    await of.restricted(cache);
    await of.takeDown({ origin: false, kms: false, sink: true });
    await expect(of.restricted(cache)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    expect(await of.contacts(cache)).toMatchObject({ source: 'origin' });
  });
});
