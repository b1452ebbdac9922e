import assert from 'node:assert/strict';

import type { CacheOptions } from '@vitalcache/core';

import type { StrategyPart } from './strategy-harness.js';

/** Each asks for what only a strategy for protected data can give. */
const PROTECTED: Readonly<Record<string, CacheOptions>> = {
  containsPHI: { containsPHI: true },
  emergencyData: { emergencyData: true },
  patientSpecific: { patientSpecific: true },
  doctorSpecific: { doctorSpecific: true },
  clinicSpecific: { clinicSpecific: true },
  subject: { subject: { patientId: '7' } },
  encrypt: { encrypt: true },
  'complianceLevel sensitive': { complianceLevel: 'sensitive' },
  'complianceLevel restricted': { complianceLevel: 'restricted' },
};

/** `when`: which reads it takes. */
export const selectionPart: StrategyPart = (it, { takesProtected = false }) => {
  it('takes the reads that it is made for', async (context) => {
    await context.read();
    assert.deepEqual(context.used, [context.strategy.name]);
  });

  if (!takesProtected) {
    for (const [name, options] of Object.entries(PROTECTED)) {
      it(`refuses ${name}`, async (context) => {
        assert.equal(context.strategy.when(context.resolved(options)), false);
      });
    }
  }

  it('answers the same each time, and calls nothing that the options hold', async (context) => {
    await context.read();
    const { strategy, loads } = context;
    let calls = 0;
    const options = context.resolved({
      tags: () => [String(calls++)],
      serializer: { toCache: () => calls++, fromCache: () => calls++ },
    });
    const answers = Array.from({ length: 10 }, () => strategy.when(options));
    assert.deepEqual(new Set(answers).size, 1);
    await context.pass(1_000);
    assert.deepEqual([calls, context.loads], [0, loads]);
  });
};
