import { createPublicKey } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import type { Keyring } from '@vitalcache/healthcare-phi';

import { explained } from '../cli.error.js';
import { count } from '../output/words.js';
import type { Configuration } from '../setup/configuration.js';
import { loadHealthcare, type Healthcare } from '../setup/healthcare.js';
import { Findings, type Finding } from './finding.js';

const OTHERS = 0o077;

/** Whether the audit log can be written where the variables say, and is intact as far as it goes. */
export async function checkAudit(
  { env, folder }: Configuration,
  keyring: Keyring | undefined,
): Promise<readonly Finding[]> {
  const findings = new Findings('audit');
  const path = env['CACHE_AUDIT_FILE'];
  if (!path) {
    const message =
      'CACHE_AUDIT_FILE is not set. If the application gives no sink in code, protected data is not cached.';
    findings.note('audit', 'warning', message);
    return findings.list;
  }
  const tools = await loadHealthcare(folder, 'the audit log is its');
  const { directory, name } = tools.auditPaths(resolve(folder, path));
  const mode = await stat(directory).then(
    (found) => found.mode,
    () => null,
  );
  findings.judge('audit directory', mode === null ? null : (mode & OTHERS) === 0, {
    well: 'its owner alone can read it',
    ill: 'Others can read it, and it names patients. Run chmod 700 on it.',
    unknown: 'there is none yet: the application makes it',
  });
  await checkRoundTrip(findings, tools, directory);
  if (mode !== null && keyring && keyring.audit.length > 0) {
    await checkLog(findings, tools, { directory, name }, keyring);
  }
  return findings.list;
}

/** Writes a log of its own beside the real one, and verifies it. */
async function checkRoundTrip(
  findings: Findings,
  tools: Healthcare,
  directory: string,
): Promise<void> {
  let scratch: string | undefined;
  try {
    scratch = await mkdtemp(join(dirname(directory), '.vitalcache-doctor-'));
    const { verdict } = await roundTrip(tools, scratch);
    findings.judge('audit round trip', verdict === 'intact', {
      well: 'a record was written, signed and verified',
      ill: `A record that was just written is ${verdict}. See that the disk keeps what is written to it.`,
      unknown: '',
    });
  } catch (error) {
    const { line } = explained(error);
    findings.note('audit round trip', 'problem', `Nothing can be written beside the log: ${line}.`);
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

async function roundTrip(tools: Healthcare, scratch: string) {
  const { privateKey, publicKey } = tools.generateAuditKeys();
  const log = join(scratch, 'log');
  const audit = new tools.PhiAudit({
    sink: new tools.FileAuditSink({ directory: log }),
    signingKey: privateKey,
    spoolDirectory: join(scratch, 'spool'),
  });
  await audit.start();
  try {
    await audit.record({
      event: 'audit-config',
      action: 'E',
      outcome: 0,
      actor: 'system',
      tenant: 'system',
      template: 'doctor',
      level: 'restricted', // resolves when the record is on the disk
    });
  } finally {
    await audit.close();
  }
  return tools.verifyAudit(log, publicKey);
}

async function checkLog(
  findings: Findings,
  tools: Healthcare,
  { directory, name }: { readonly directory: string; readonly name: string },
  { audit }: Keyring,
): Promise<void> {
  const keys = audit.map(({ key }) => createPublicKey(key));
  const { verdict, records, findings: found } = await tools.verifyAudit(directory, keys, { name });
  const damages = found.filter(({ severity }) => severity === 'damage').length;
  findings.judge('audit log', verdict === 'unverifiable' ? null : verdict === 'intact', {
    well: `intact, ${count(records, 'record')}`,
    ill: `${count(damages, 'damage')}: run vitalcache audit verify, which names file and line.`,
    unknown: 'there is nothing to verify yet, or it was signed with other keys',
  });
}
