import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  randomBytes,
} from 'node:crypto';
import { open } from 'node:fs/promises';

const OPTIONS = { authTagLength: 16 };
const BATCH = 256;

/**
 * What opening and recording a value of so many bytes take by themselves: one HMAC-SHA-512 for its key and its commitment, one
 * AES-256-GCM over a context as long as that of an entry with six hashes, one line of the audit with its hash over the line
 * before, written in lots. No keys that are looked for, no names, no access, no checkpoints.
 */
export async function sealedAtLeast(bytes, path) {
  const [dataKey, key, nonce] = [
    createSecretKey(randomBytes(32)),
    randomBytes(32),
    randomBytes(12),
  ];
  const [input, context] = [randomBytes(45), randomBytes(330)];
  const cipher = createCipheriv('aes-256-gcm', key, nonce, OPTIONS);
  cipher.setAAD(context);
  const sealed = Buffer.concat([cipher.update(randomBytes(bytes)), cipher.final()]);
  const tag = cipher.getAuthTag();
  const file = await open(path, 'a', 0o600);
  let [previous, lines, writing] = ['', [], Promise.resolve()];
  let seq = 0;

  const opened = () => {
    createHmac('sha512', dataKey).update(input).digest('binary');
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, OPTIONS);
    decipher.setAAD(context);
    decipher.setAuthTag(tag);
    const plain = decipher.update(sealed);
    decipher.final();
    plain.fill(0);
  };
  const record = (patient) => {
    const text = JSON.stringify({
      action: 'R',
      actor: 'dr-1',
      ageMs: 1_234,
      chain: '5b0ff0b2-6d0e-4a4e-a1ad-0d4a4dd7a1f5',
      clinic: 'c1',
      deltaUs: 123,
      event: 'read',
      isHit: true,
      isStale: false,
      keyRef: 'x0FQp1Zb9r6u1mW3c8yJkA',
      level: 'standard',
      library: '0.1.0',
      node: 'node-1',
      outcome: 0,
      patient,
      purpose: 'TREAT',
      roles: ['doctor'],
      seq: ++seq,
      source: 'l2',
      template: 'patient:{patientId}:clinic:{clinicId}:records',
      tenant: 'default',
      time: new Date().toISOString(),
      v: 1,
    });
    previous = hash('sha256', previous + text, 'base64url');
    lines.push(`{"h":"${previous}","r":${text}}\n`);
    if (lines.length < BATCH) return;
    const all = lines.join('');
    lines = [];
    writing = writing.then(() => file.write(all));
  };
  return {
    hit(patient) {
      opened();
      record(patient);
    },
    async close() {
      await writing;
      await file.close();
    },
  };
}
