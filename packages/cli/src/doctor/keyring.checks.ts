import { EnvironmentReader, isCacheError } from '@vitalcache/core';
import type { Keyring } from '@vitalcache/healthcare-phi';

import type { Configuration } from '../setup/configuration.js';
import { loadHealthcare } from '../setup/healthcare.js';
import { Findings, type Finding } from './finding.js';

const LISTS = ['kek', 'index', 'audit'] as const;

/** Whether the application is told anything of protected data. */
export function isHealthcare({ env }: Configuration): boolean {
  const names = ['CACHE_KEYRING', 'CACHE_KEY_STORE_URL', 'CACHE_AUDIT_FILE'];
  return names.some((name) => Boolean(env[name] ?? env[`${name}_FILE`]));
}

/** The keyring that the variables name, and what is to be said of it. */
export async function checkKeyring({
  env,
  folder,
}: Configuration): Promise<{ readonly keyring?: Keyring; readonly findings: readonly Finding[] }> {
  const findings = new Findings('protected data');
  const keyring = await loadKeyring(env, folder, findings);
  if (keyring) for (const list of LISTS) checkList(findings, keyring, list);
  for (const name of ['CACHE_ENCRYPTION_ENABLED', 'CACHE_AUDIT_LOGGING_ENABLED']) {
    if (!/^(false|0)$/i.test(env[name] ?? '')) continue;
    findings.note('switches', 'warning', `${name} is false: protected data is not cached.`);
  }
  return { ...(keyring && { keyring }), findings: findings.list };
}

async function loadKeyring(
  env: Configuration['env'],
  folder: string,
  findings: Findings,
): Promise<Keyring | undefined> {
  const tools = await loadHealthcare(folder, 'the keyring is its');
  const reader = new EnvironmentReader(env);
  const keyring = tools.readKeyring(reader);
  try {
    reader.assertValid();
  } catch (error) {
    if (!isCacheError(error)) throw error;
    findings.note('keyring', 'problem', error.message);
    return undefined;
  }
  if (keyring) return keyring;
  const message =
    'There is none. Set CACHE_KEYRING_FILE; `vitalcache keyring generate` makes a file for it.';
  findings.note('keyring', 'problem', message);
  return undefined;
}

function checkList(findings: Findings, keyring: Keyring, list: (typeof LISTS)[number]): void {
  const keys = keyring[list];
  const count = (state: string): number => keys.filter((key) => key.state === state).length;
  const enabled = keys.find(({ state }) => state === 'enabled');
  if (!enabled) {
    const message = `${list} holds no key that is enabled. Add one: vitalcache keyring add ${list} <file>`;
    findings.note('keyring', list === 'kek' ? 'warning' : 'problem', message);
    return;
  }
  const old = count('decrypt-only');
  const words = [
    `${list}: ${enabled.id}`,
    ...(old > 0 ? [`${old} decrypt-only: an exchange is under way`] : []),
  ];
  findings.note('keyring', 'ok', words.join(', '));
}
