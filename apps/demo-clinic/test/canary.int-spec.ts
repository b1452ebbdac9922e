import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import {
  CANARY_MARKS,
  CANARY_PATIENT,
  CanarySweep,
  contentPlace,
  filePlace,
  recordOutput,
  spanPlace,
  startStore,
  urlPlace,
  valuePlace,
  watchRedis,
  type CanaryPlace,
  type OutputRecording,
  type RedisWatch,
  type TestStore,
} from '@vitalcache/testing';
import { Redis } from 'ioredis';

import { DemoApi } from './demo-api.js';
import { HttpApi } from './http-api.js';
import { markPatients, MARKED, readPatients } from './monitoring/marked-patients.js';

/** The patient's id stands in keys and tags, and so is a mark as well. */
const MARKS = [...CANARY_MARKS, 'patient-000002', CANARY_PATIENT.mrn.toLowerCase()];
const REASON = { reason: 'asked for' };
/** What only a server on this machine has within reach. */
const FILES = ['RDB', 'AOF', 'server log'];

describe('the demo on Redis, with patients who are marked', () => {
  const sweep = new CanarySweep(MARKS);
  const spans = new InMemorySpanExporter();
  const folder = mkdtempSync(join(tmpdir(), 'demo-canary-'));
  const keys = join(folder, 'keys');
  let store: TestStore;
  let watch: RedisWatch;
  let output: OutputRecording;
  let demo: DemoApi;
  let api: HttpApi;
  let errors: unknown[];

  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
    );
    output = recordOutput('output');
    const log = ['--logfile', join(folder, 'redis.log'), '--loglevel', 'debug'];
    store = await startStore('redis', { args: ['--appendonly', 'yes', ...log] });
    watch = await watchRedis(store.url);
    demo = await DemoApi.open({
      CACHE_PROVIDER: 'redis',
      REDIS_URL: store.url,
      CACHE_NAMESPACE: `${store.prefix}-canary`,
      CACHE_LOG_LEVEL: 'debug',
      CACHE_ENABLE_COMPRESSION: 'false', // which would hide marks
      DEMO_KEYS_DIR: keys,
    });
    api = await HttpApi.listen(demo.app);
    errors = await liveThrough(api);
  }, 180_000);
  afterAll(async () => {
    await demo?.close();
    output?.stop();
    await watch?.stop();
    await store?.stop();
    trace.disable();
    context.disable();
    rmSync(folder, { recursive: true, force: true });
  });

  const places = (): readonly CanaryPlace[] => [
    ...watch.places,
    output.place,
    spanPlace('spans', () => spans.getFinishedSpans()),
    urlPlace('scrape', `${api.url}/metrics`),
    urlPlace('health', `${api.url}/health`),
    urlPlace('numbers', `${api.url}/health/metrics`),
    valuePlace('errors', () => errors),
    filePlace('keyring', join(keys, 'keyring.json')),
    filePlace('key store', join(keys, 'subjects')),
    filePlace('receipts', join(keys, 'receipts')),
  ];

  it('handles them: their marks are in what it answers and in its audit', async () => {
    const other = await api.get('/patients/patient-000003/records');
    expect(other.status).toBe(200);
    const { findings, unread } = await sweep.search([
      contentPlace('answer', JSON.stringify(api.answers)),
      filePlace('audit', join(keys, 'audit-8088')),
    ]);
    expect(unread).toEqual([]);
    expect(new Set(findings.map(({ place }) => place))).toEqual(new Set(['answer', 'audit']));
    expect(new Set(findings.map(({ mark }) => mark)).size).toBeGreaterThan(3);
  });

  it('has none of them anywhere else', async () => {
    const { findings, unread, searched } = await sweep.search(places());
    expect(findings).toEqual([]);
    const isOfFile = ({ place }: { readonly place: string }) => FILES.includes(place);
    expect(store.kind === 'binary' ? unread : unread.filter((one) => !isOfFile(one))).toEqual([]);
    for (const place of ['MONITOR', 'streams', 'keys', 'output', 'spans', 'scrape', 'receipts']) {
      expect([place, searched[place]]).toEqual([place, expect.any(Number)]);
      expect(searched[place]).toBeGreaterThan(300);
    }
  });

  it('would be found out', async () => {
    const client = new Redis(store.url);
    await client.set('vc:leak:e:{patient-000002}', CANARY_PATIENT.note);
    await client.quit();
    process.stdout.write(`${CANARY_PATIENT.email}\n`);
    errors.push(new Error('failed', { cause: { key: 'patient:patient-000002:profile' } }));
    const { findings } = await sweep.search(places());
    const found = new Set(findings.map(({ place }) => place));
    expect([...found]).toEqual(expect.arrayContaining(['MONITOR', 'keys', 'output', 'errors']));
    expect(found.has('AOF')).toBe(existsSync(join(folder, 'redis.log')));
  });
});

/** All that the demo does with a patient, up to their deletion; what it refused with. */
async function liveThrough(api: HttpApi): Promise<unknown[]> {
  await markPatients(api);
  await readPatients(api);
  const records = { 'x-demo-login': 'records' };
  const refused = [
    await api.get(`${MARKED}/records`, 'reception'),
    await api.get(MARKED, CANARY_PATIENT.mrn),
    await api.ask('PUT', `${MARKED}/legal-hold`, REASON, records),
    await api.ask('POST', `${MARKED}/erasure`, REASON),
    await api.ask('DELETE', `${MARKED}/legal-hold`, undefined, records),
    await api.ask('PATCH', MARKED, { familyName: 'x'.repeat(100) }),
    await api.ask('POST', `${MARKED}/erasure`, REASON),
  ];
  expect(refused.map(({ status }) => status)).toEqual([404, 401, 204, 409, 204, 400, 200]);
  const { status, body } = await api.get(MARKED);
  expect(status).toBe(404);
  await markPatientAgain(api);
  return [...refused, body].map((answer) => answer as unknown);
}

/** Somebody else with the same words, who stays: entries of theirs are in the store when it is searched. */
async function markPatientAgain(api: HttpApi): Promise<void> {
  const { name, mrn, email } = CANARY_PATIENT;
  const other = '/patients/patient-000003';
  await api.ask('PATCH', other, { givenName: name, familyName: mrn, email });
  for (const path of ['', '/records', '/history', '/emergency-contacts']) {
    await api.get(`${other}${path}`);
  }
}
