import { formatToken } from '../journal/read-token.js';
import { CacheOptionsBuilder } from './cache-options.builder.js';
import { CACHE_DEFAULTS, type CacheOptions } from './cache-options.js';
import { DATA_KIND_OPTIONS, type DataKind } from './data-kinds.js';
import { resolveOptions } from './resolve-options.js';

describe('CacheOptionsBuilder', () => {
  it.each(['Patient', 'Appointment', 'Prescription', 'MedicalHistory', 'LabResults', 'Emergency'])(
    'for%s never builds an entry that is not protected',
    (kind) => {
      const build = CacheOptionsBuilder[`for${kind}` as 'forPatient']();
      expect(build.build()).toMatchObject({ containsPHI: true, patientSpecific: true });
    },
  );

  it('runs the sample of the documentation', () => {
    const options = CacheOptionsBuilder.forPatient()
      .ttl(1800)
      .tags(['patient_data', 'phi_data'])
      .build();
    expect(options).toEqual({
      containsPHI: true,
      patientSpecific: true,
      ttl: 1_800,
      tags: ['patient_data', 'phi_data'],
    });
  });

  it('begins with the time to live of the kind', () => {
    const { forDoctor, forClinic, forEmergency } = CacheOptionsBuilder;
    const ttls = [forDoctor, forClinic, forEmergency].map(
      (start) => start.call(CacheOptionsBuilder).build().ttl,
    );
    expect(ttls).toEqual([7_200, 14_400, 300]);
    expect(CacheOptionsBuilder.forEmergency().build()).toMatchObject({
      emergencyData: true,
      priority: 'critical',
    });
    for (const options of Object.values(DATA_KIND_OPTIONS)) {
      expect(() => resolveOptions(options, CACHE_DEFAULTS)).not.toThrow();
    }
  });

  it('leaves shared starts alone', () => {
    const start = CacheOptionsBuilder.create().ttl(600).tags(['products']);
    expect(start.staleTime(120).compress().priority('low').build()).toEqual({
      ttl: 600,
      staleTime: 120,
      compress: true,
      priority: 'low',
      tags: ['products'],
    });
    expect(start.build()).toEqual({ ttl: 600, tags: ['products'] });
  });

  it('freezes all that it holds, and no list of the caller', () => {
    const tags = ['products'];
    const adaptive = { minStaleTime: 1, maxStaleTime: 2 };
    const options = CacheOptionsBuilder.create().tags(tags).adaptive(adaptive).build();
    tags.push('later');
    expect(options.tags).toEqual(['products']);
    for (const part of [options, options.tags, options.adaptive]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(Object.isFrozen(tags) || Object.isFrozen(adaptive)).toBe(false);
  });

  it('checks when it builds', () => {
    expect(() => CacheOptionsBuilder.create().ttl(1).staleTime(2).build()).toThrow('above ttl');
    expect(() => CacheOptionsBuilder.from({ tenant: '' }).build()).toThrow('tenant');
  });

  it('lets the last spelling win', () => {
    const options = CacheOptionsBuilder.from({ useSwr: false }).enableSwr().build();
    expect(options).toEqual({ enableSwr: true });
  });

  it('has a step for every option', () => {
    const all = {
      ttl: 600,
      staleTime: '1m',
      enableSwr: true,
      forceRefresh: true,
      compress: true,
      priority: 'low',
      tags: ['a'],
      consistency: 'strong',
      after: formatToken({ namespace: 'n', epoch: { stamp: 1, nonce: 2 }, stamp: 3 }),
      since: { epoch: { stamp: 1, nonce: 1 }, position: 1 },
      softTimeoutMs: 1,
      hardTimeoutMs: 2,
      staleIfErrorMs: 3,
      earlyRefresh: 2,
      adaptive: { minStaleTime: 30, maxStaleTime: 90 },
      isolation: 'clone',
      tenant: 't',
      serializer: { toCache: (value: never) => value, fromCache: (value: never) => value },
      project: ['id', 'address.city'],
      negativeTtlMs: 4,
      jitterRatio: 0.1,
      template: 'x:{id}',
      containsPHI: true,
      complianceLevel: 'sensitive',
      emergencyData: true,
      patientSpecific: true,
      doctorSpecific: true,
      clinicSpecific: true,
      subject: { patientId: '7' },
      encrypt: true,
      labels: ['R'],
    } satisfies Required<Omit<CacheOptions, 'useSwr' | 'enableSWR' | 'loadedAfter'>>;
    let builder = CacheOptionsBuilder.create();
    for (const [name, value] of Object.entries(all)) {
      builder = builder[name as 'ttl'](value as never);
    }
    expect(builder.build()).toEqual(all);
  });

  it('keeps the class of a package that extends it', () => {
    class ClinicBuilder extends CacheOptionsBuilder {
      static override startOf(kind: DataKind): CacheOptions {
        return { ...CacheOptionsBuilder.startOf(kind), ttl: 42 };
      }

      nightly(): this {
        return this.with({ priority: 'low' });
      }
    }
    expect(ClinicBuilder.forClinic().compress().nightly().build()).toEqual({
      clinicSpecific: true,
      ttl: 42,
      compress: true,
      priority: 'low',
    });
  });
});
