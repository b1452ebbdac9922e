import { systemClock } from '../clock/clock.js';
import { CACHE_DEFAULTS, type CacheOptions } from '../options/cache-options.js';
import { resolveOptions } from '../options/resolve-options.js';
import type { Admission } from './admission.js';
import type { DataProtection } from './data-protection.js';
import { ProtectionGate } from './protection.gate.js';

const resolved = (options: CacheOptions) => resolveOptions(options, CACHE_DEFAULTS);

describe(ProtectionGate.name, () => {
  it('makes of one admission what each call asked for, and of the same call the same', () => {
    const admission = { key: 'k', tags: [] } as unknown as Admission;
    const protection = { admit: () => admission } as unknown as DataProtection;
    const gate = new ProtectionGate(protection, systemClock);
    const [short, long] = [resolved({ ttl: 1 }), resolved({ ttl: 2 })];
    const first = gate.admit('k', short);
    expect(first?.options).toMatchObject({ ttlMs: 1_000, admission });
    expect(gate.admit('k', short)).toBe(first);
    expect(gate.admit('k', long)?.options).toMatchObject({ ttlMs: 2_000, admission });
    expect(gate.admit('k', short)?.options).toMatchObject({ ttlMs: 1_000, admission });
  });
});
