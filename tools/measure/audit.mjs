/**
 * What an audit record costs: `node tools/measure/audit.mjs` after `npm run build`. Buffered, as for levels standard and
 * sensitive: CPU time of the process for each read, everything included until the records are in the file; the budget is
 * 20 us. Durable, as for restricted: records a second with 1 and with 64 writers that wait for the disk, and how long they
 * wait. The disk is the one below the folder for temporary files, unless a folder is named behind `--directory`.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FileAuditSink, PhiAudit, verifyAudit } from '../../packages/healthcare-phi/dist/index.js';
import { isQuick, median, progress, quantile } from './rounds.mjs';

const ROUNDS = isQuick ? 3 : 9;
const READS = isQuick ? 5_000 : 20_000;
const DURABLE_MS = isQuick ? 1_000 : 3_000;

const given = process.argv.indexOf('--directory');
const base = given > 0 ? process.argv[given + 1] : tmpdir();
const directory = mkdtempSync(join(base, 'vc-measure-audit-'));
const { privateKey, publicKey } = generateKeyPairSync('ed25519');

const event = (i, level) => ({
  event: 'read',
  action: 'R',
  outcome: 0,
  actor: 'dr-4711',
  roles: ['doctor'],
  tenant: 'default',
  clinicId: 'clinic-7',
  patientId: `patient-${i % 1_000}`,
  template: 'patients:{patientId}:labs',
  level,
  purpose: 'TREAT',
  source: 'l2',
  isStale: false,
  ageMs: 1_234,
  keyRef: 'x0FQp1Zb9r6u1mW3c8yJkA',
  requestId: `7f1c9a52-${i}`,
  address: '10.0.12.7',
});

async function started() {
  const audit = new PhiAudit({
    sink: new FileAuditSink({ directory }),
    signingKey: privateKey,
    spoolDirectory: join(directory, 'spool'),
  });
  await audit.start();
  return audit;
}

/** Microseconds of CPU time for each buffered read. */
async function buffered() {
  const audit = await started();
  const before = process.cpuUsage();
  for (let i = 0; i < READS; i++) {
    await audit.record(event(i, 'standard'));
    // As between requests; without it nothing else would ever run.
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await audit.flush();
  const { user, system } = process.cpuUsage(before);
  await audit.close();
  return (user + system) / READS;
}

async function durable(writers) {
  const audit = await started();
  const waits = [];
  const endsAt = performance.now() + DURABLE_MS;
  const write = async () => {
    while (performance.now() < endsAt) {
      const startedAt = performance.now();
      await audit.record(event(waits.length, 'restricted'));
      waits.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  await audit.close();
  return { perSecond: (waits.length / DURABLE_MS) * 1_000, waits };
}

const costs = [];
await buffered();
for (let round = 0; round < ROUNDS; round++) {
  progress(round + 1, ROUNDS);
  costs.push(await buffered());
}
console.log(`buffered              ${median(costs).toFixed(1)} us of CPU time a read (budget: 20)`);
for (const writers of [1, 64]) {
  const { perSecond, waits } = await durable(writers);
  const [p50, p99] = [0.5, 0.99].map((share) => quantile(waits, share).toFixed(1));
  console.log(
    `durable, ${String(writers).padStart(2)} writers   ${perSecond.toFixed(0)} records/s, p50 ${p50} ms, p99 ${p99} ms`,
  );
}
const pem = publicKey.export({ type: 'spki', format: 'pem' });
const { verdict, records, findings } = await verifyAudit(directory, pem);
console.log(`the log is ${verdict}: ${records} records, ${findings.length} findings`);
rmSync(directory, { recursive: true });
