import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

import {
  DataKeys,
  generateKeyring,
  KeyedNames,
  Keyring,
  longestMs,
  MemoryKeyStore,
  PhiSeal,
  SEAL_CAPS,
} from '@vitalcache/healthcare-phi';

import { expectValue } from './expect-value.js';
import type { IScenario, ScenarioContext } from './scenario.js';
import { TimedWay } from './timed.way.js';

const SIZES = [1_024, 16_384];
const CALLS = 100;
const OPTIONS = { authTagLength: 16 };
const TERMS = {
  tenant: 'default',
  scope: 'clinic-4',
  level: 'standard',
  template: 'patient:{patientId}:records',
  subject: 'patient:patient-123',
  isEmergency: false,
} as const;
/** As long as that of an entry with six hashes. */
const CONTEXT = randomBytes(78 + 6 * 8 + 60);

/** One way to seal and open bytes. */
interface Sealer {
  readonly name: string;
  readonly seal: (payload: Buffer) => Buffer;
  readonly open: (sealed: Buffer) => Buffer;
}

const sealingScenario = (name: 'seal' | 'open', title: string): IScenario => ({
  name,
  title,
  unit: 'us',
  reference: 'AES-256-GCM',
  needsTime: true,
  axis: 'bytes',
  async open({ sizes }: ScenarioContext) {
    const sealers = [bareSealer(createSecretKey(randomBytes(32))), await phiSealer()];
    return SIZES.flatMap((bytes) => {
      const payload = randomBytes(bytes);
      return sealers.map((sealer) => {
        const sealed = sealer.seal(payload);
        const operation = name === 'seal' ? () => sealer.seal(payload) : () => sealer.open(sealed);
        return new TimedWay({
          name: sealer.name,
          at: bytes,
          unit: 'us',
          roundMs: sizes.roundMs,
          perCall: CALLS,
          operation: async () => {
            for (let i = 0; i < CALLS; i++) operation();
          },
          check: async () => {
            const opened = sealer.open(sealer.seal(payload));
            expectValue('whether it is what was sealed', opened.equals(payload), true);
          },
        });
      });
    });
  },
});

/** What sealing and opening cost beside the cipher alone, keys at hand. */
export const sealingScenarios: readonly IScenario[] = [
  sealingScenario(
    'seal',
    'Sealing a payload with its key at hand, beside bare AES-256-GCM with a random nonce.',
  ),
  sealingScenario('open', 'Opening it again.'),
];

async function phiSealer(): Promise<Sealer> {
  const keyring = Keyring.parse(generateKeyring());
  const keys = new DataKeys({
    keyring,
    store: new MemoryKeyStore(),
    longestMs: longestMs(SEAL_CAPS),
  });
  const seal = new PhiSeal({ keys, names: new KeyedNames({ keys: keyring.index }) });
  const key = await seal.sealingKey(TERMS);
  const until = Date.now() + 3_600_000;
  return {
    name: 'vitalcache',
    seal: (payload) => key.seal(payload, CONTEXT, until),
    open: (sealed) => key.open(sealed, CONTEXT, Date.now()) ?? Buffer.alloc(0),
  };
}

function bareSealer(key: KeyObject): Sealer {
  return {
    name: 'AES-256-GCM',
    seal: (payload) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, OPTIONS);
      cipher.setAAD(CONTEXT);
      const text = cipher.update(payload);
      cipher.final();
      return Buffer.concat([nonce, text, cipher.getAuthTag()]);
    },
    open: (sealed) => {
      const end = sealed.length - OPTIONS.authTagLength;
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), OPTIONS);
      decipher.setAAD(CONTEXT);
      decipher.setAuthTag(sealed.subarray(end));
      const payload = decipher.update(sealed.subarray(12, end));
      decipher.final();
      return payload;
    },
  };
}
