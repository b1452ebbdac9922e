import {
  AwsKmsProvider,
  CompliancePolicy,
  FhirAuditSink,
  FileAuditSink,
  MemoryAuditSink,
  PhiAudit,
  RedisAuditAnchor,
  RedisAuditSink,
  RedisKeyStore,
  SqlKeyStore,
  TeeAuditSink,
  VaultTransitProvider,
} from '../src/index.js';

const slip = { zzz: 1 } as object;
const client = { call: () => Promise.resolve(null) } as never;
const audit = { sink: new MemoryAuditSink(), signingKey: '', spoolDirectory: '/tmp/none' };

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
  ])('is refused by name: %s', (of, make) => {
    expect(make).toThrow(`${of} has no zzz; accepted: `);
  });
});
