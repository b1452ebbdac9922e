import type { WrapContext } from './key-provider.js';

/** The context as named texts, which is what key services take. */
export function wrapTerms({ tenant, epoch, purpose }: WrapContext): Record<string, string> {
  return { app: 'vitalcache', tenant, epoch: String(epoch), purpose };
}
