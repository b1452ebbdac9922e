import { createPublicKey, type KeyObject } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  HEALTHCARE_AUDIT,
  Keyring,
  verifyAudit,
  verifyErasureReceipt,
  type AuditRecord,
  type ErasureReceipt,
  type PhiAudit,
} from '@vitalcache/healthcare-phi';

import { DemoApi } from './demo-api.js';

const REASON = { reason: 'The patient asked for it' };
const RECORDS = { 'x-demo-login': 'records' };
const PATHS = ['', '/records', '/history', '/prescriptions', '/lab-results', '/appointments'];

describe('the demo and the data of patients', () => {
  let api: DemoApi;
  let folder: string;
  const file = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'demo-keys-'));
    rmSync(folder, { recursive: true }); // the demo makes it
    api = await DemoApi.open({ DEMO_KEYS_DIR: folder, PORT: '7' });
  }, 120_000);
  afterAll(async () => {
    await api.close();
    rmSync(folder, { recursive: true });
  });

  const audit = (): readonly AuditRecord[] =>
    readdirSync(file('audit-7'))
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) =>
        readFileSync(join(file('audit-7'), name), 'utf8')
          .trim()
          .split('\n'),
      )
      .flatMap((line) => (JSON.parse(line) as { readonly r?: AuditRecord }).r ?? []);
  /** The public half of the key that signs. */
  const publicKey = (): KeyObject => {
    const { audit: keys } = Keyring.parse(readFileSync(file('keyring.json'), 'utf8'));
    const [signing] = keys;
    if (!signing?.key) throw new Error('the keyring has no key that signs');
    return createPublicKey(signing.key);
  };
  const recorded = (): Promise<unknown> =>
    api.app.get<PhiAudit>(HEALTHCARE_AUDIT, { strict: false }).flush();

  it('makes keys at the first start, for their owner alone', () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(file('keyring.json')).mode & 0o777).toBe(0o600);
    expect(() => Keyring.parse(readFileSync(file('keyring.json'), 'utf8'))).not.toThrow();
  });

  it('forbids everybody on the way to keep them', async () => {
    expect((await api.get('/patients/patient-000002')).control).toBe('no-store');
    expect((await api.get('/clinics')).control).toBeUndefined();
  });

  it('shows the front desk who somebody is and when they come, not what they have, hits included', async () => {
    const patient = '/patients/patient-000002';
    for (const path of PATHS) await api.get(`${patient}${path}`);
    const seen = await Promise.all(PATHS.map((path) => api.get(`${patient}${path}`, 'reception')));
    expect(seen.map(({ status }) => status)).toEqual([200, 404, 404, 404, 404, 200]);
    expect(seen[0]?.cache).toMatch(/hit/);
    expect((await api.get(`${patient}/records`, 'doctor')).cache).toMatch(/hit/);
  });

  it('knows its logins, and nobody else', async () => {
    const { body } = await api.get('/logins', 'records');
    expect(body).toContainEqual({
      id: 'records',
      name: 'Records office',
      role: 'records-office',
      isCurrent: true,
    });
    const { status, body: refusal } = await api.get('/patients/patient-000002', 'mallory');
    expect([status, refusal.message]).toEqual([
      401,
      'Nobody of that name works here: x-demo-login takes doctor, reception, records',
    ]);
    const byCookie = { cookie: 'a=b; demo-login=reception' };
    const asked = await api.ask('GET', '/patients/patient-000002/records', undefined, byCookie);
    expect(asked.status).toBe(404);
  });

  it('puts every access on record, hits included, by whom and for what', async () => {
    await recorded();
    const before = audit().length;
    await api.get('/patients/patient-000003', 'reception');
    await api.get('/patients/patient-000003', 'doctor');
    await recorded();
    const reads = audit()
      .slice(before)
      .filter(({ event }) => event === 'read');
    expect(reads.map(({ actor, purpose, source }) => [actor, purpose, source])).toEqual([
      ['reception-1', 'HOPERAT', 'origin'],
      ['doctor-001', 'TREAT', 'l1'],
    ]);
  });

  it('deletes a patient from database and cache, with the key, and gives a signed receipt', async () => {
    const patient = '/patients/patient-000004';
    for (const path of PATHS) expect((await api.get(`${patient}${path}`)).status).toBe(200);
    const [booked] = (await api.get(`${patient}/appointments`)).body as { id: string }[];
    const appointment = `/appointments/${booked?.id}`;
    expect((await api.get(appointment)).status).toBe(200);
    const list = async () => (await api.get('/patients?limit=100')).body.items.length as number;
    const patients = await list();

    const { status, body } = await api.ask('POST', `${patient}/erasure`, REASON);
    const receipt = body.receipt as ErasureReceipt;
    expect([status, body.rowsDeleted]).toEqual([200, true]);
    // The list of appointments went with the appointments themselves, before.
    expect(receipt.removed).toBeGreaterThanOrEqual(PATHS.length - 1);
    expect(receipt.keys).toMatchObject({ mode: 'stored', shredded: true });
    expect(JSON.stringify(receipt)).not.toContain('patient-000004');

    expect(verifyErasureReceipt(receipt, publicKey())).toBe(true);
    expect(verifyErasureReceipt({ ...receipt, removed: 0 }, publicKey())).toBe(false);
    const kept = readFileSync(file(`receipts/erasure-${receipt.id}.json`), 'utf8');
    expect(JSON.parse(kept)).toEqual(receipt);

    for (const path of PATHS.slice(0, 5)) {
      const answer = await api.get(`${patient}${path}`);
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect((await api.get(appointment)).status).toBe(404);
    expect(await list()).toBe(patients - 1);
    const again = await api.ask('POST', `${patient}/erasure`, REASON);
    expect([again.status, again.body.rowsDeleted]).toEqual([200, false]);
  });

  it('deletes nothing while a legal hold is on, and says so kindly', async () => {
    const patient = '/patients/patient-000006';
    const hold = `${patient}/legal-hold`;
    expect((await api.ask('PUT', hold, REASON)).status).toBe(403);
    expect((await api.ask('PUT', hold, { reason: 'A claim' }, RECORDS)).status).toBe(204);
    expect((await api.get(hold)).body).toEqual({ isHeld: true });
    for (const refused of [
      await api.ask('POST', `${patient}/erasure`, REASON),
      await api.ask('DELETE', patient),
    ]) {
      expect([refused.status, refused.body.message]).toEqual([
        409,
        expect.stringMatching(/^These data are needed in a legal matter/),
      ]);
    }
    expect((await api.get(patient)).status).toBe(200);
    expect((await api.ask('DELETE', hold, undefined, RECORDS)).status).toBe(204);
    expect((await api.ask('POST', `${patient}/erasure`, REASON)).status).toBe(200);
  });

  it('keeps a log that can be verified', async () => {
    await recorded();
    const { verdict, records } = await verifyAudit(file('audit-7'), publicKey());
    expect(verdict).toBe('intact');
    expect(records).toBeGreaterThan(30);
  });

  it('leaves deleting to those who may', async () => {
    const desk = { 'x-demo-login': 'reception' };
    const { status } = await api.ask('POST', '/patients/patient-000007/erasure', REASON, desk);
    expect(status).toBe(403);
    expect((await api.get('/patients/patient-000007')).status).toBe(200);
  });
});
