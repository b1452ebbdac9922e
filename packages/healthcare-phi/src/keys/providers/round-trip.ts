import { randomBytes } from 'node:crypto';

import { isCacheError } from '@vitalcache/core';

import type { KeyProvider, KeyProviderHealth, WrapContext } from './key-provider.js';

const CONTEXT: WrapContext = { tenant: 'check', epoch: 0, purpose: 'check' };

/** Whether a provider unwraps what it wrapped: all that is asked of it. */
export async function roundTrip(provider: KeyProvider): Promise<KeyProviderHealth> {
  const raw = randomBytes(32);
  try {
    const back = await provider.unwrap(await provider.wrap(raw, CONTEXT), CONTEXT);
    const isUsable = back !== null && raw.equals(back);
    return { isUsable, reason: isUsable ? '' : `${provider.id}: unwraps something else` };
  } catch (error) {
    return {
      isUsable: false,
      reason: isCacheError(error) ? error.message : `${provider.id} fails`,
    };
  }
}
