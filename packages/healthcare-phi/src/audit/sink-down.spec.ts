import { AuditRig } from '../../test/support/audit.rig.js';
import type { AuditLimits } from './audit-limits.js';

/** Small, so that full is soon. */
const LIMITS: Partial<AuditLimits> = {
  // The disk is a real one, and the clock is not.
  spoolTimeoutMs: 1_000_000,
  maxRecords: 20,
  maxSensitiveRecords: 5,
  maxEmergencyRecords: 5,
};
const EMERGENCY = { isEmergency: true, level: 'restricted' } as const;

describe('the audit when its sink is slow, down, or too much waits for it (PHI.md 3.4)', () => {
  let rig: AuditRig;

  beforeEach(async () => {
    rig = await new AuditRig({ limits: LIMITS }).start();
  });
  afterEach(() => rig.dispose());

  /** Keeps the sink busy with one batch. */
  const slow = async () => {
    rig.sink.mode = 'slow';
    rig.read({ actor: 'first' });
    await rig.pass(50, 1);
  };
  /** Every caller that may be let in is. */
  const full = async () => {
    await slow();
    rig.reads(LIMITS.maxRecords! - 1);
    await rig.settle();
  };

  describe('standard', () => {
    it('is served at once while the sink is slow, and its record comes later', async () => {
      await slow();
      const call = rig.read();
      await rig.settle();

      expect(call.state).toBe('served');
      expect(rig.sink.accesses).toEqual([]);

      rig.sink.letGo();
      await rig.pass(100);

      expect(rig.sink.accesses).toHaveLength(2);
    });

    it('is served while the sink is down, its record goes to the local disk, and an alarm rings', async () => {
      await rig.takeDown();
      const calls = rig.reads(3);
      await rig.until('spooled', () => rig.spooled('spool').length >= 4);

      expect(calls.map(({ state }) => state)).toEqual(['served', 'served', 'served']);
      expect(rig.alarmKinds).toEqual(['sink-down']);
    });

    it('waits when too much waits, is refused after a while, and served if there is room by then', async () => {
      await full();
      const [late, lucky] = [rig.read(), rig.read()];
      await rig.pass(500);

      expect([late.state, lucky.state]).toEqual(['pending', 'pending']);
      expect(rig.alarmKinds).toEqual(['buffer-full']);

      await rig.pass(500);

      expect([late.state, lucky.state]).toEqual(['AUDIT_UNAVAILABLE', 'AUDIT_UNAVAILABLE']);

      const patient = rig.read();
      await rig.pass(500);
      rig.sink.letGo();
      await rig.until('served', () => patient.state === 'served');
    });
  });

  describe('sensitive', () => {
    const level = 'sensitive';

    it('is served at once while the sink is slow', async () => {
      await slow();
      const call = rig.read({ level });
      await rig.settle();

      expect(call.state).toBe('served');
    });

    it('is served while the sink is down, its record goes to the local disk, and an alarm rings', async () => {
      await rig.takeDown();
      const call = rig.read({ level });
      await rig.until('spooled', () =>
        rig.spooled('spool').some((record) => record.level === level),
      );

      expect(call.state).toBe('served');
      expect(rig.alarmKinds).toEqual(['sink-down']);
    });

    it('is refused at once when so many of its level wait, while others are still let in', async () => {
      await slow();
      const calls = rig.reads(LIMITS.maxSensitiveRecords! + 2, { level });
      const other = rig.read();
      await rig.settle();

      expect(calls.map(({ state }) => state)).toEqual([
        ...Array<string>(5).fill('served'),
        'AUDIT_UNAVAILABLE',
        'AUDIT_UNAVAILABLE',
      ]);
      expect(other.state).toBe('served');
    });
  });

  describe('restricted', () => {
    const level = 'restricted';

    it('waits for a sink that is slow until the record is durable', async () => {
      rig.sink.mode = 'slow';
      const call = rig.read({ level });
      await rig.pass(1_500);

      expect(call.state).toBe('pending');

      rig.sink.letGo();
      await rig.settle();

      expect(call.state).toBe('served');
    });

    it('waits no longer than it may, is refused then, and the log tells that its record was withdrawn', async () => {
      rig.sink.mode = 'slow';
      const call = rig.read({ level });
      await rig.pass(2_000);

      expect(call.state).toBe('AUDIT_UNAVAILABLE');
      expect(rig.alarmKinds).toEqual(['restricted-refused']);

      rig.sink.letGo();
      await rig.pass(100);

      const [access] = rig.sink.accesses;
      expect(rig.sink.gaps[0]?.detail).toMatchObject({ withdrawn: String(access?.seq) });
    });

    it('is refused at once while the sink is down, and how often is told in the log', async () => {
      await rig.takeDown();
      const calls = rig.reads(3, { level });
      await rig.settle();

      expect(calls.map(({ state }) => state)).toEqual(Array<string>(3).fill('AUDIT_UNAVAILABLE'));
      expect(rig.alarmKinds).toEqual(['sink-down', 'restricted-refused']);

      rig.sink.mode = 'up';
      await rig.pass(1_100);
      await rig.until('the gap is told', () => rig.sink.gaps.length > 0);

      expect(rig.sink.gaps[0]?.detail).toMatchObject({ refused: 3 });
    });

    it('is refused while it waits, when the sink goes down under it', async () => {
      rig.sink.mode = 'slow';
      const call = rig.read({ level });
      await rig.settle();
      rig.sink.mode = 'down';
      rig.sink.letGo();
      rig.sink.mode = 'down';
      await rig.settle();

      expect(call.state).toBe('AUDIT_UNAVAILABLE');
    });

    it('is refused at once when too much waits', async () => {
      await full();
      const call = rig.read({ level });
      await rig.settle();

      expect(call.state).toBe('AUDIT_UNAVAILABLE');
    });

    it('is refused by a sink that takes records and keeps them nowhere', async () => {
      rig.sink.isDurable = false;
      const call = rig.read({ level });
      await rig.settle();

      expect(call.state).toBe('AUDIT_UNAVAILABLE');
    });
  });

  describe('emergency', () => {
    it('waits 250 ms for a sink that is slow, is served then, and is on the local disk before', async () => {
      await slow();
      const call = rig.read(EMERGENCY);
      await rig.pass(249);

      expect(call.state).toBe('pending');
      expect(rig.spooled('emergency')).toEqual([]);

      await rig.pass(1, 1);
      await rig.until('served', () => call.state === 'served');

      expect(rig.spooled('emergency')).toMatchObject([{ isEmergency: true }]);
      expect(rig.alarmKinds).toEqual(['emergency-spooled']);
    });

    it('does not wait when the sink is quick enough', async () => {
      const call = rig.read(EMERGENCY);
      await rig.settle();

      expect(call.state).toBe('served');
      expect(rig.sink.accesses).toHaveLength(1);
      expect(rig.alarms).toEqual([]);
    });

    it('is served while the sink is down, on the local disk before, and somebody is called', async () => {
      await rig.takeDown();
      const call = rig.read(EMERGENCY);
      await rig.until('served', () => call.state === 'served');

      expect(rig.alarmKinds).toEqual(['sink-down', 'emergency-spooled']);
      await rig.until('spooled', () => rig.spooled('spool').some((record) => record.isEmergency));
    });

    it('is served when too much waits: the sink is given up and the local disk takes it all', async () => {
      await full();
      const call = rig.read(EMERGENCY);
      await rig.until('served', () => call.state === 'served');
      await rig.until('spooled', () => rig.spooled('spool').length >= LIMITS.maxRecords! + 1);

      expect(rig.alarmKinds).toContain('sink-down');
    });

    it('is served when the local disk fails too, with an alarm, and is told in the log as soon as that is possible', async () => {
      await rig.takeDown();
      await rig.until('spooled', () => rig.spooled('spool').length > 0);
      rig.breakSpool();
      const call = rig.read(EMERGENCY);
      await rig.pass(600);
      await rig.until('served', () => call.state === 'served');

      expect(rig.alarmKinds).toContain('emergency-unrecorded');
      expect(rig.audit.health().status).toBe('critical');

      rig.sink.mode = 'up';
      await rig.pass(1_100);
      await rig.until('the gap is told', () => rig.sink.gaps.length > 0);

      expect(rig.sink.gaps[0]?.detail).toMatchObject({ exposed: 1, lost: 0 });
      expect(rig.sink.accesses.filter(({ isEmergency }) => isEmergency)).toHaveLength(1);
    });

    it('is served when there is no place left at all, and its number is accounted for in the log', async () => {
      rig.breakSpool();
      await full();
      const calls = rig.reads(LIMITS.maxEmergencyRecords! + 3, EMERGENCY);
      await rig.pass(1_000);
      await rig.until('served', () => calls.every(({ state }) => state === 'served'));

      expect(rig.metrics['auditLost']).toBe(3);
      expect(rig.alarmKinds).toContain('emergency-unrecorded');

      rig.sink.letGo();
      await rig.pass(1_100);
      await rig.until('the gap is told', () => rig.sink.gaps.length > 0);

      const [gap] = rig.sink.gaps;
      const present = new Set(rig.sink.records.map(({ seq }) => seq));
      const lost = Array.from({ length: gap!.seq }, (_, i) => i + 1).filter(
        (seq) => !present.has(seq),
      );
      expect(gap?.outcome).toBe(12);
      expect(gap?.detail).toMatchObject({ lost: 3, missing: `${lost[0]}-${lost[2]}` });
    });
  });

  describe('recovery', () => {
    it('brings the sink everything in order, then tells what happened in an audit-gap', async () => {
      await rig.takeDown();
      rig.reads(3, { patientId: 'during' });
      await rig.until('spooled', () => rig.spooled('spool').length >= 4);
      rig.sink.mode = 'up';
      await rig.pass(1_100);
      rig.read({ patientId: 'after' });
      await rig.pass(100);
      await rig.until('recovered', () => rig.sink.accesses.length >= 5 && rig.sink.gaps.length > 0);

      const numbers = rig.sink.records.map(({ seq }) => seq);
      expect(numbers).toEqual(numbers.map((_, i) => i + 1));
      expect(rig.sink.gaps).toMatchObject([
        {
          outcome: 4,
          detail: {
            reason: 'ECONNREFUSED',
            from: 2,
            spooled: expect.any(Number),
            refused: 0,
            lost: 0,
          },
        },
      ]);
      expect(rig.alarmKinds).toEqual(['sink-down', 'sink-up']);
      expect(rig.spooled('spool')).toEqual([]);
      expect(rig.audit.health()).toEqual({ status: 'healthy', reasons: [] });
    });

    it('takes a sink for down that does not answer, and does not write twice what it did take after all', async () => {
      rig.sink.mode = 'slow';
      rig.read();
      await rig.pass(5_100, 20);
      await rig.until('spooled', () => rig.spooled('spool').length > 0);
      rig.sink.letGo();
      await rig.pass(2_000);
      await rig.until('recovered', () => rig.alarmKinds.includes('sink-up'));

      expect(rig.sink.accesses).toHaveLength(1);
    });

    it('stays down, and says so once, while neither takes records, until the sink has taken one', async () => {
      rig.breakSpool();
      rig.sink.mode = 'down';
      rig.read();
      await rig.pass(10_000, 40);
      await rig.until('told', () => rig.alarmKinds.includes('spool-failed'));

      expect(rig.alarmKinds).toEqual(['sink-down', 'spool-failed']);
      expect(rig.audit.health()).toEqual({
        status: 'critical',
        reasons: [expect.stringMatching(/^Neither the sink of the audit nor its local disk/)],
      });

      rig.sink.mode = 'up';
      await rig.pass(60_000, 60);
      await rig.until('recovered', () => rig.sink.accesses.length === 1);

      expect(rig.alarmKinds).toEqual(['sink-down', 'spool-failed', 'sink-up']);
      expect(rig.audit.health().status).toBe('healthy');
    });

    it('tries a sink that stays down ever less often, and never waits for it', async () => {
      await rig.takeDown();
      await rig.until('spooled', () => rig.spooled('spool').length > 0);
      await rig.pass(60_000, 120);
      const failures = rig.metrics['auditSinkFailures']!;

      const call = rig.read();
      await rig.settle();

      expect(failures).toBeLessThan(9);
      expect(call.state).toBe('served');
    });

    it('lets nothing hang: every caller has an answer whatever the sink and the disk do', async () => {
      rig.breakSpool();
      rig.sink.mode = 'slow';
      const calls = (['standard', 'sensitive', 'restricted'] as const).flatMap((level) =>
        rig.reads(30, { level }),
      );
      calls.push(...rig.reads(30, EMERGENCY));
      await rig.pass(5_000, 20);

      expect(calls.filter(({ state }) => state === 'pending')).toEqual([]);
    });
  });

  it('closes within its bounds while the sink hangs, and leaves what it could not bring on the local disk', async () => {
    rig.sink.mode = 'slow';
    rig.reads(3);
    let left: number | null = null;
    void rig.audit.close().then((count) => (left = count));
    await rig.pass(20_000, 40);
    await rig.until('closed', () => left !== null);

    expect(left).toBe(0);
    expect(rig.spooled('spool')).toHaveLength(4);
  });
});
