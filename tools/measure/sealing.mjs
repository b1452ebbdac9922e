/**
 * What sealing and opening a payload cost beside bare AES-256-GCM with a random nonce: `node tools/measure/sealing.mjs
 * [--quick]` after `npm run build`. Medians of interleaved rounds, in CPU time; the context is as long as that of an entry
 * with six hashes. Budgets: 2.5 (seal) and 2 (open) at 1 KiB, 1.8 at 16 KiB. `key at hand` is all that a call with a key in
 * memory does: it finds the key, and seals or opens.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';

import {
  DataKeys,
  Keyring,
  KeyedNames,
  MemoryKeyStore,
  PhiSeal,
  generateKeyring,
  longestMs,
  SEAL_CAPS,
} from '../../packages/healthcare-phi/dist/index.js';
import { interleaved, isQuick, median, ratioOf } from './rounds.mjs';

const ROUNDS = isQuick ? 5 : 15;
const CALLS = isQuick ? 5_000 : 20_000;
const BUDGETS = { 1_024: { seal: 2.5, open: 2 }, 16_384: { seal: 1.8, open: 1.8 } };
const OPTIONS = { authTagLength: 16 };

const bareKey = createSecretKey(randomBytes(32));
const context = randomBytes(78 + 6 * 8 + 60);
const keyring = Keyring.parse(generateKeyring());
const keys = new DataKeys({
  keyring,
  store: new MemoryKeyStore(),
  longestMs: longestMs(SEAL_CAPS),
});
const seal = new PhiSeal({ keys, names: new KeyedNames({ keys: keyring.index }) });
const terms = {
  tenant: 'default',
  scope: 'clinic-4',
  level: 'standard',
  template: 'patient:{patientId}:records',
  subject: 'patient:patient-123',
  isEmergency: false,
};
const until = Date.now() + 3_600_000;

function bareSeal(payload) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', bareKey, nonce, OPTIONS);
  cipher.setAAD(context);
  const text = cipher.update(payload);
  cipher.final();
  return Buffer.concat([nonce, text, cipher.getAuthTag()]);
}

function bareOpen(sealed) {
  const end = sealed.length - 16;
  const decipher = createDecipheriv('aes-256-gcm', bareKey, sealed.subarray(0, 12), OPTIONS);
  decipher.setAAD(context);
  decipher.setAuthTag(sealed.subarray(end));
  const payload = decipher.update(sealed.subarray(12, end));
  decipher.final();
  return payload;
}

/** Microseconds of CPU time that a call takes. */
function cpuUs(call) {
  const before = process.cpuUsage();
  for (let i = 0; i < CALLS; i++) call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

for (const bytes of [1_024, 16_384]) {
  const payload = randomBytes(bytes);
  const key = await seal.sealingKey(terms);
  const [bare, sealed] = [bareSeal(payload), key.seal(payload, context, until)];
  const now = Date.now();
  const times = await interleaved(ROUNDS, {
    'bare seal': () => cpuUs(() => bareSeal(payload)),
    'bare open': () => cpuUs(() => bareOpen(bare)),
    seal: () => cpuUs(() => key.seal(payload, context, until)),
    open: () => cpuUs(() => key.open(sealed, context, now)),
    'seal, key at hand': async () => {
      await seal.sealingKey(terms); // once a minute it is asked whether the key is still there
      return cpuUs(() => seal.sealingKey(terms).seal(payload, context, until));
    },
    'open, key at hand': async () => {
      await seal.openingKey(terms, sealed);
      return cpuUs(() => seal.openingKey(terms, sealed).open(sealed, context, now));
    },
  });
  for (const [name, values] of Object.entries(times)) {
    const what = name.includes('seal') ? 'seal' : 'open';
    const ratio = ratioOf(values, times[`bare ${what}`]).toFixed(2);
    const budget = name === what ? `  (budget ${BUDGETS[bytes][what]} x)` : '';
    const us = median(values).toFixed(1).padStart(6);
    console.log(`${String(bytes).padStart(6)} B  ${name.padEnd(18)} ${us} us  ${ratio} x${budget}`);
  }
}
await keys.close();
