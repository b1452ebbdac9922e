import { CacheOptionsBuilder } from './cache-options.builder.js';
import { CACHE_DEFAULTS, type CacheOptions } from './cache-options.js';
import { resolveOptions } from './resolve-options.js';

const resolve = (options: CacheOptions) => resolveOptions(options, CACHE_DEFAULTS);

describe('resolveOptions', () => {
  it('fills in the defaults of the documentation', () => {
    expect(resolve({})).toEqual({
      ttlMs: 3_600_000,
      staleMs: 1_800_000,
      enableSwr: true,
      forceRefresh: false,
      compress: false,
      priority: 'high',
      tags: [],
      consistency: 'eventual',
      negativeTtlMs: 30_000,
      jitterRatio: 0.05,
      template: 'unnamed',
      containsPHI: false,
      complianceLevel: 'standard',
      emergencyData: false,
      patientSpecific: false,
      doctorSpecific: false,
      clinicSpecific: false,
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
  ])('refuses %o by name', (options, message) => {
    expect(() => resolve(options)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });
});

describe('CacheOptionsBuilder', () => {
  it('builds frozen options, and leaves shared starts alone', () => {
    const start = CacheOptionsBuilder.create().ttl(600).tags(['products']);
    const options = start.staleTime(120).compress().priority('low').build();
    expect(options).toEqual({
      ttl: 600,
      staleTime: 120,
      compress: true,
      priority: 'low',
      tags: ['products'],
    });
    expect(start.build()).toEqual({ ttl: 600, tags: ['products'] });
    expect(Object.isFrozen(options)).toBe(true);
  });

  it('checks when it builds', () => {
    expect(() => CacheOptionsBuilder.create().ttl(1).staleTime(2).build()).toThrow('above ttl');
  });
});
