import fc from 'fast-check';

import { AuditDirectory, KEYS, LogWriter, READ } from '../../test/support/audit-log.fixture.js';
import { AuditRig } from '../../test/support/audit.rig.js';
import { verifyAudit } from '../audit-trail/verify-audit.js';
import type { AuditEvent } from './audit-event.js';
import { parseLine } from './audit-line.js';

const text = fc.string({ unit: 'binary', maxLength: 300 });
const texts = fc.array(text, { maxLength: 40 });
const event: fc.Arbitrary<AuditEvent> = fc
  .record(
    {
      actor: text,
      patientId: text,
      tenant: text,
      template: text,
      clinicId: text,
      onBehalfOf: text,
      requestId: text,
      address: text,
      keyRef: text,
      roles: texts,
      labels: texts,
      ageMs: fc.double(),
      isEmergency: fc.boolean(),
      detail: fc.dictionary(text, fc.oneof(text, fc.double(), fc.boolean()), { maxKeys: 40 }),
      level: fc.constantFrom('standard', 'sensitive', 'restricted'),
    },
    { requiredKeys: ['actor', 'tenant', 'template', 'level'] },
  )
  .map((members) => ({ ...READ, ...members }));

describe('the audit, whatever it is told', () => {
  it('never has a record without an actor, and never more or less than one line for each event', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 10 }), async (events) => {
        const rig = await new AuditRig().start();
        const calls = events.map((each) => rig.read({ requestId: undefined, ...each }));
        await rig.pass(100);
        const recorded = calls.filter(({ state }) => state === 'served');
        await rig.dispose();

        const refused = events.filter(({ actor }) => actor.trim() === '');
        expect(recorded).toHaveLength(events.length - refused.length);
        expect(rig.sink.records.every(({ actor }) => actor.trim() !== '')).toBe(true);
        for (const line of rig.sink.lines) {
          expect(line.text).not.toMatch(/[\n\r\u2028\u2029]/);
          expect(parseLine(line.text)?.text).toBe(line.text);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('always notices a log in which a line was changed, removed, doubled or moved', async () => {
    const log = new AuditDirectory();
    const writer = await new LogWriter(log.path).open();
    for (let i = 0; i < 5; i++) await (await writer.records(4)).checkpoint();
    await writer.sink.flush();
    const [name] = log.files as [string];
    const original = log.lines(name);
    const last = original.length - 1;
    // The last line has no witness without an anchor, which is said where it is documented.
    const at = fc.integer({ min: 0, max: last - 1 });
    const damage = fc.oneof(
      fc.record({ kind: fc.constant('remove' as const), at, to: at }),
      fc.record({ kind: fc.constant('double' as const), at, to: at }),
      fc.record({ kind: fc.constant('move' as const), at, to: at }),
      fc.record({ kind: fc.constant('flip' as const), at, to: fc.nat(2_000) }),
    );
    const apply = (
      lines: string[],
      { kind, at: i, to }: { kind: string; at: number; to: number },
    ) => {
      const line = lines[i]!;
      if (kind === 'remove') return lines.toSpliced(i, 1);
      if (kind === 'double') return lines.toSpliced(to, 0, line);
      if (kind === 'move') return lines.toSpliced(i, 1).toSpliced(to, 0, line);
      const bytes = Buffer.from(line);
      bytes[to % bytes.length]! ^= 1;
      return lines.with(i, bytes.toString());
    };

    await fc.assert(
      fc.asyncProperty(damage, async (each) => {
        const lines = apply([...original], each);
        fc.pre(lines.join('\n') !== original.join('\n'));
        log.edit(() => lines, name);

        expect(await verifyAudit(log.path, KEYS.publicKey)).toMatchObject({ exitCode: 1 });
      }),
      { numRuns: 150 },
    );
    await writer.close().catch(() => undefined);
    log.dispose();
  });
});
