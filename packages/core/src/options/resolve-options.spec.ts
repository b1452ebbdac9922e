import { formatToken } from '../journal/read-token.js';
import { CACHE_DEFAULTS, type CacheOptions } from './cache-options.js';
import { resolveOptions } from './resolve-options.js';

const resolve = (options: CacheOptions) => resolveOptions(options, CACHE_DEFAULTS);

describe('resolveOptions', () => {
  it('fills in the defaults of the documentation', () => {
    expect(resolve({})).toEqual({
      ttlMs: 3_600_000,
      maxTtlMs: Infinity,
      staleMs: 1_800_000,
      enableSwr: true,
      forceRefresh: false,
      compress: false,
      priority: 'high',
      tags: [],
      consistency: 'eventual',
      after: null,
      since: null,
      softTimeoutMs: 0,
      hardTimeoutMs: 0,
      staleIfErrorMs: 0,
      earlyRefresh: 1,
      adaptive: null,
      isolation: 'freeze',
      tenant: null,
      serializer: null,
      negativeTtlMs: 30_000,
      jitterRatio: 0.05,
      template: 'unnamed',
      containsPHI: false,
      complianceLevel: 'standard',
      emergencyData: false,
      patientSpecific: false,
      doctorSpecific: false,
      clinicSpecific: false,
      subject: null,
      encrypt: false,
      labels: [],
      admission: null,
    });
  });

  it.each<[CacheOptions, number, number]>([
    [{ ttl: 300, staleTime: 60 }, 300_000, 60_000],
    [{ ttl: 300 }, 300_000, 150_000],
    [{ ttl: '5m', staleTime: '90s' }, 300_000, 90_000],
    [{ ttl: '250ms' }, 250, 125],
    [{ ttl: 300, enableSwr: false }, 300_000, 300_000],
    [{ ttl: 300, staleTime: 60, useSwr: false }, 300_000, 300_000],
    [{ ttl: 300, staleTime: 300 }, 300_000, 300_000],
    [{ ttl: 0 }, 0, 0],
    [{ staleTime: 7_200 }, 3_600_000, 3_600_000],
  ])('%o lives %d ms, stale after %d ms', (options, ttlMs, staleMs) => {
    expect(resolve(options)).toMatchObject({ ttlMs, staleMs });
  });

  it('takes only what was written for an error, never a default', () => {
    const short = { ...CACHE_DEFAULTS, ttlMs: 60_000, softTimeoutMs: 500 };
    const adaptive = { minStaleTime: 30, maxStaleTime: 600 };
    expect(resolveOptions({ adaptive }, short)).toMatchObject({
      staleMs: 30_000,
      adaptive: { minStaleMs: 30_000, maxStaleMs: 60_000 },
    });
    expect(resolveOptions({ hardTimeoutMs: 100 }, short)).toMatchObject({
      softTimeoutMs: 500,
      hardTimeoutMs: 100,
    });
    const noSwr = { ...CACHE_DEFAULTS, enableSwr: false };
    expect(resolveOptions({ adaptive }, noSwr)).toMatchObject({
      adaptive: null,
      staleMs: noSwr.ttlMs,
    });
  });

  it.each<[CacheOptions, number, number, number]>([
    [{ ttl: 600, adaptive: { minStaleTime: 60, maxStaleTime: '5m' } }, 300_000, 60_000, 300_000],
    [{ ttl: 600, adaptive: { minStaleTime: 60, maxStaleTime: 120 } }, 120_000, 60_000, 120_000],
    [{ ttl: 600, adaptive: { minStaleTime: 400, maxStaleTime: 600 } }, 400_000, 400_000, 600_000],
    [
      { ttl: 600, staleTime: 60, adaptive: { minStaleTime: 60, maxStaleTime: 60 } },
      60_000,
      60_000,
      60_000,
    ],
  ])('%o is stale after %d ms, between %d and %d', (options, staleMs, minStaleMs, maxStaleMs) => {
    expect(resolve(options)).toMatchObject({ staleMs, adaptive: { minStaleMs, maxStaleMs } });
  });

  it('takes two spellings of a fence as one option', () => {
    const fence = { epoch: { stamp: 1, nonce: 2 }, position: 3 };
    const same = { epoch: { stamp: 1, nonce: 2 }, position: 3 };
    expect(resolve({ loadedAfter: fence }).since).toEqual(fence);
    expect(resolve({ since: fence, loadedAfter: same }).since).toEqual(fence);
    expect(() => resolve({ since: fence, loadedAfter: { ...fence, position: 4 } })).toThrow(
      'since and loadedAfter are one option; they disagree here.',
    );
  });

  it('never takes the fence of a load that may not be stored for no fence', () => {
    const noFence = null as never;
    expect(resolve({ since: noFence }).since).toEqual({
      epoch: { stamp: 0, nonce: 0 },
      position: 0,
    });
  });

  it('passes on what it has checked', () => {
    const serializer = { toCache: (value: never) => value, fromCache: (value: never) => value };
    const written = {
      after: formatToken({ namespace: 'n', epoch: { stamp: 1, nonce: 2 }, stamp: 3 }),
      softTimeoutMs: 100,
      hardTimeoutMs: 100,
      staleIfErrorMs: 5,
      earlyRefresh: 0,
      isolation: 'clone',
      tenant: 'north',
      serializer,
    } as const;
    expect(resolve(written)).toMatchObject(written);
  });

  it('reads frozen and inherited options alike', () => {
    const odd = Object.create({ compress: 'yes' }) as CacheOptions;
    expect(() => resolve(odd)).toThrow('compress is "yes"');
  });

  it('never keeps "nothing" longer than something', () => {
    expect(resolve({ ttl: 5 }).negativeTtlMs).toBe(5_000);
  });

  it('takes three spellings as one option', () => {
    for (const option of ['enableSwr', 'useSwr', 'enableSWR']) {
      expect(resolve({ [option]: false }).enableSwr).toBe(false);
    }
    expect(() => resolve({ enableSwr: true, enableSWR: false })).toThrow('disagree');
  });

  it.each<[object, string]>([
    [{ ttl: -1 }, 'ttl is -1; accepted: seconds from 0'],
    [{ ttl: Infinity }, 'ttl is'],
    [{ ttl: NaN }, 'ttl is'],
    [{ ttl: '5 minutes' }, "'5m'"],
    [{ ttl: 60_000_000 }, 'ttl is 60000000'],
    [{ ttl: 10, staleTime: 20 }, 'staleTime (20 s) is above ttl (10 s)'],
    [{ priority: 'urgent' }, 'accepted: critical, high, normal, low'],
    [{ consistency: 'weak' }, 'accepted: eventual, strong'],
    [{ complianceLevel: 'secret' }, 'accepted: standard, sensitive, restricted'],
    [{ compress: 'yes' }, 'compress is "yes"; accepted: true or false'],
    [{ jitterRatio: 2 }, 'accepted: a number from 0 to 0.5'],
    [{ timeToLive: 5 }, 'timeToLive is not an option'],
    [{ tll: 5 }, 'tll (did you mean ttl?) is not an option'],
    [{ toString: 5 }, 'toString is not an option'],
    [{ ttl: Object.create(null) }, 'ttl is object; accepted: seconds'],
    [{ after: 'yesterday' }, 'after is no token of a cache'],
    [{ after: 7 }, 'after is no token of a cache'],
    [{ since: {} }, "since is no fence; accepted: the `fence` of a loader's context"],
    [{ loadedAfter: 7 }, 'loadedAfter is no fence'],
    [{ since: { epoch: { stamp: 1, nonce: 1 }, position: NaN } }, 'since is no fence'],
    [{ softTimeoutMs: -1 }, 'softTimeoutMs is -1; accepted: a number from 0 to 3600000'],
    [{ hardTimeoutMs: Infinity }, 'hardTimeoutMs is Infinity'],
    [{ softTimeoutMs: 200, hardTimeoutMs: 100 }, 'softTimeoutMs (200) is above hardTimeoutMs'],
    [{ staleIfErrorMs: '5m' }, 'staleIfErrorMs is "5m"; accepted: a number from 0'],
    [{ earlyRefresh: 11 }, 'earlyRefresh is 11; accepted: a number from 0 to 10'],
    [{ isolation: 'copy' }, 'accepted: freeze, clone, shared'],
    [{ tenant: '' }, 'tenant is 0 characters; accepted: text of 1 to 128'],
    [{ tenant: 'x'.repeat(129) }, 'tenant is 129 characters'],
    [{ serializer: { toCache: () => 1 } }, 'serializer must have two functions'],
    [{ serializer: null }, 'serializer must have two functions'],
    [{ adaptive: true }, 'adaptive is boolean; accepted: { minStaleTime, maxStaleTime }'],
    [{ adaptive: { minStaleTime: 1 } }, 'adaptive.maxStaleTime is undefined'],
    [{ adaptive: { minStaleTime: 9, maxStaleTime: 8 } }, 'minStaleTime (9 s) is above'],
    [
      { ttl: 10, adaptive: { minStaleTime: 1, maxStaleTime: 11 } },
      'adaptive.maxStaleTime (11 s) is above ttl (10 s)',
    ],
    [
      { ttl: 10, staleTime: 1, adaptive: { minStaleTime: 2, maxStaleTime: 9 } },
      'staleTime (1 s) is outside of adaptive (2 to 9 s)',
    ],
    [
      { useSwr: false, adaptive: { minStaleTime: 2, maxStaleTime: 9 } },
      'adaptive moves the time at which values become stale, and enableSwr is false',
    ],
  ])('refuses %o by name', (options, message) => {
    expect(() => resolve(options)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });
});
