import {
  CONTEXT,
  KeyWorld,
  PAYLOAD,
  terms,
  type KeyProcess,
} from '../../test/support/key-world.js';
import { PhiSeal } from './phi.seal.js';
import { checkedCaps, longestMs, SEAL_CAPS } from './seal-caps.js';

describe('PhiSeal', () => {
  let world: KeyWorld;
  let one: KeyProcess;
  beforeEach(async () => {
    world = new KeyWorld();
    one = await world.process();
  });

  it.each<[string, ReturnType<typeof terms>, number]>([
    ['standard', terms(), 14_400_000],
    ['sensitive', terms({ level: 'sensitive' }), 3_600_000],
    ['restricted', terms({ level: 'restricted' }), 900_000],
    ['emergency', terms({ isEmergency: true }), 14_400_000],
  ])(
    'refuses to seal %s data for longer than its cap, before any of it is stored',
    async (_, of, capMs) => {
      const key = await one.seal.sealingKey(of);
      const until = world.clock.now() + capMs;
      expect(key.seal(PAYLOAD, CONTEXT, until)).toBeInstanceOf(Buffer);
      for (const late of [until + 1, Infinity, NaN]) {
        expect(() => key.seal(PAYLOAD, CONTEXT, late)).toThrow(
          expect.objectContaining({
            code: 'OPTION_INVALID',
            message: expect.stringContaining('cap'),
          }),
        );
      }
    },
  );

  it('does not open what another process was allowed to seal for longer', async () => {
    const lax = new PhiSeal({
      keys: one.keys,
      names: one.names,
      caps: { standard: 28_800_000 },
      clock: world.clock,
    });
    const key = await lax.sealingKey(terms());
    const bytes = key.seal(PAYLOAD, CONTEXT, world.clock.now() + 28_800_000);
    expect(await world.opened({ ...one, seal: lax }, bytes)).toEqual(PAYLOAD);
    expect(await world.opened(one, bytes)).toBeNull();
  });

  it.each([0, 1, 107])('refuses, for all to count, what is %i bytes long', async (length) => {
    const key = await one.seal.openingKey(terms(), Buffer.alloc(length));
    expect(key?.open(Buffer.alloc(length), CONTEXT, world.clock.now())).toBeNull();
  });

  it('is a plain miss where the key is not known, and a refusal where the bytes are not what was sealed', async () => {
    const bytes = await world.sealed(one);
    const unknown = Buffer.from(bytes);
    unknown[15] = (unknown[15] as number) ^ 1;
    expect(await one.seal.openingKey(terms(), unknown)).toBeNull();
    const spoilt = Buffer.from(bytes);
    spoilt[100] = (spoilt[100] as number) ^ 1;
    const key = await one.seal.openingKey(terms(), spoilt);
    expect(key?.open(spoilt, CONTEXT, world.clock.now())).toBeNull();
  });

  it('never opens spoilt bytes, whichever bit it is', async () => {
    const bytes = await world.sealed(one);
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const spoilt = Buffer.from(bytes);
      spoilt[bit >> 3] = (spoilt[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(await world.opened(one, spoilt)).toBeNull();
    }
  });

  it('lets sealed bytes be held in the process for as long as the level allows', () => {
    expect(one.seal.ownMs(terms())).toBe(Infinity);
    expect(one.seal.ownMs(terms({ level: 'sensitive' }))).toBe(30_000);
    expect(one.seal.ownMs(terms({ level: 'restricted' }))).toBe(0);
    expect(one.seal.ownMs(terms({ isEmergency: true }))).toBe(0);
  });

  it('counts refusals and tells of them', () => {
    const onRefused = jest.fn();
    const seal = new PhiSeal({ keys: one.keys, names: one.names, onRefused });
    seal.onRefused(terms());
    expect(seal.refusals).toBe(1);
    expect(onRefused).toHaveBeenCalledWith(terms());
  });

  it('refuses a payload that is too long', async () => {
    const key = await one.seal.sealingKey(terms());
    const long = Buffer.alloc(32 * 1024 * 1024 + 1);
    expect(() => key.seal(long, CONTEXT, world.clock.now() + 1)).toThrow(
      expect.objectContaining({ code: 'VALUE_INVALID' }),
    );
  });
});

describe('checkedCaps', () => {
  it('fills in what is missing, and knows the longest', () => {
    expect(checkedCaps({ standard: 60_000 })).toEqual({ ...SEAL_CAPS, standard: 60_000 });
    expect(longestMs(SEAL_CAPS)).toBe(86_700_000);
  });

  it.each([0, 999, -1, NaN, Infinity, 1_000.5, 8 * 86_400_000])(
    'refuses a cap of %d',
    (standard) => {
      expect(() => checkedCaps({ standard })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }),
      );
    },
  );
});
