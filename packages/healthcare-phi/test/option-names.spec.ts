import {
  Authorizer,
  AwsKmsProvider,
  BreakGlass,
  CompliancePolicy,
  DataKeys,
  EmergencyCacheStrategy,
  FhirAuditSink,
  FileAuditSink,
  LegalHolds,
  MemoryAuditSink,
  MemoryRecordBook,
  PhiAudit,
  RedisAuditAnchor,
  RedisAuditSink,
  RedisKeyStore,
  SqlKeyStore,
  TeeAuditSink,
  VaultTransitProvider,
  type HealthcareCacheService,
} from '../src/index.js';
import { clinicCache } from './support/clinic-cache.js';

const slip = { zzz: 1 } as object;
const client = { call: () => Promise.resolve(null) } as never;
const audit = { sink: new MemoryAuditSink(), signingKey: '', spoolDirectory: '/tmp/none' };

/** It is refused before anything else is looked at. */
const alone = slip as never;

describe('what there is no option of', () => {
  it.each<[string, () => unknown]>([
    ['PhiAudit', () => new PhiAudit({ ...audit, ...slip })],
    ['limits', () => new PhiAudit({ ...audit, limits: slip })],
    ['FileAuditSink', () => new FileAuditSink({ directory: '/tmp/none', ...slip })],
    ['retention', () => new FileAuditSink({ directory: '/tmp/none', retention: slip })],
    ['RedisAuditSink', () => new RedisAuditSink({ client, ...slip })],
    ['RedisAuditAnchor', () => new RedisAuditAnchor({ client, ...slip })],
    ['TeeAuditSink', () => new TeeAuditSink({ sinks: [audit.sink], need: 'all', ...slip })],
    [
      'FhirAuditSink',
      () => new FhirAuditSink({ baseUrl: 'https://a', deadLetterFile: '/tmp/none', ...slip }),
    ],
    ['AwsKmsProvider', () => new AwsKmsProvider({ keyId: 'k', ...slip })],
    [
      'VaultTransitProvider',
      () => new VaultTransitProvider({ address: 'https://a', keyName: 'k', token: 't', ...slip }),
    ],
    ['RedisKeyStore', () => new RedisKeyStore({ client, ...slip })],
    ['SqlKeyStore', () => new SqlKeyStore({} as never, slip)],
    ['CompliancePolicy', () => new CompliancePolicy(slip)],
    ['BreakGlass', () => new BreakGlass(alone)],
    ['LegalHolds', () => new LegalHolds(alone)],
    ['Authorizer', () => new Authorizer(alone)],
    ['EmergencyCacheStrategy', () => new EmergencyCacheStrategy(alone)],
    ['DataKeys', () => new DataKeys(alone)],
  ])('is refused by name: %s', (of, make) => {
    expect(make).toThrow(`${of} has no zzz; accepted: `);
  });

  it.each<[string, (c: HealthcareCacheService, holds: LegalHolds) => Promise<unknown>]>([
    ['clearPHICache', (c) => c.clearPHICache({ tenent: 'a', shred: true } as object)],
    ['clearPHICache', (c) => c.clearPHICache({ tenant: undefined })],
    ['clearPHICache', (c) => c.clearPHICache({ shred: 'false' } as object)],
    ['erasePatient', (c) => c.erasePatient('p-1', { why: 'x' } as object)],
    ['purge', (c) => c.purge({ deadline: 1 } as object)],
    ['A legal hold', (_, h) => h.place({ patientID: 'p-1', reason: 'r' } as never)],
  ])('is refused where it would reach others than are meant: %s', async (of, act) => {
    const { cache, as, plugin, audit } = await clinicCache({
      legalHold: { roles: ['doctor'], book: new MemoryRecordBook() },
    });
    await as(() => cache.cachePatientRecords('p-1', 'c-1', () => 1));
    await cache.settled();
    const before = audit.events.length;
    await expect(as(async () => act(cache, plugin.parts.holds))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(of),
    });
    expect(audit.events).toHaveLength(before);
    expect(await as(() => cache.clearPHICache())).toBe(1);
    await cache.close();
  });
});
