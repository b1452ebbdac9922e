import type { Clock } from '@vitalcache/core';
import { until } from '@vitalcache/testing';

import { AuditRig } from '../../test/support/audit.rig.js';
import type { AuditLimits } from './audit-limits.js';

const HOUR_MS = 3_600_000;

describe('the audit when the clock of the machine is set back', () => {
  let rig: AuditRig;
  let setBackMs: number;

  const start = async (limits: Partial<AuditLimits> = {}): Promise<void> => {
    setBackMs = 0;
    const clock: Clock = {
      now: () => rig.clock.now() - setBackMs,
      sleep: (ms, signal) => rig.clock.sleep(ms, signal),
    };
    // The disk is a real one, and the clock is not.
    rig = new AuditRig({ limits: { spoolTimeoutMs: 1_000_000, ...limits }, clock });
    await rig.start();
  };
  afterEach(() => rig.dispose());

  it('tries a sink that was down as soon as before', async () => {
    await start();
    await rig.takeDown();
    setBackMs = HOUR_MS;
    rig.sink.mode = 'up';
    // Minutes may pass while the disk is written to, and no hour.
    await until('recovered', async () => {
      await rig.pass(1_000, 1);
      return rig.alarmKinds.includes('sink-up');
    });
    const call = rig.read({ level: 'restricted' });
    await rig.pass(1_000);

    expect(call.state).toBe('served');
  });

  it('keeps no record in memory until the hour is over', async () => {
    await start();
    rig.read();
    setBackMs = HOUR_MS;
    await rig.pass(1_000, 100);

    expect(rig.sink.accesses).toHaveLength(1);
  });

  it('signs where the chain stands as often as before', async () => {
    await start();
    rig.read();
    await rig.pass(2_000, 100);
    const before = rig.metrics['auditCheckpoints']!;
    setBackMs = HOUR_MS;
    rig.read();
    await rig.pass(3_000, 100);

    expect(rig.metrics['auditCheckpoints']).toBeGreaterThan(before);
  });

  it('refuses whoever waits for room after the same time', async () => {
    await start({ maxRecords: 20 });
    rig.sink.mode = 'slow';
    rig.reads(20);
    await rig.pass(50, 1);
    const late = rig.read();
    await rig.pass(500);
    setBackMs = HOUR_MS;
    const later = rig.read();
    await rig.pass(1_100);

    expect([late.state, later.state]).toEqual(['AUDIT_UNAVAILABLE', 'AUDIT_UNAVAILABLE']);
  });
});
