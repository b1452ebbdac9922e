import { FakeClock } from '@vitalcache/testing';

import { RecordingAudit } from '../../test/support/recording.audit.js';
import type { AccessContext } from '../access/access-context.js';
import { runWithAccess } from '../access/access-scope.js';
import { MemoryRecordBook } from '../books/memory-record-book.js';
import type { HoldRecord } from './legal-hold.js';
import { LegalHolds } from './legal-holds.js';

const COUNSEL: AccessContext = { tenant: 't1', actor: 'counsel-1', roles: ['legal'] };

describe('LegalHolds', () => {
  const clock = new FakeClock();
  let audit: RecordingAudit;
  let book: MemoryRecordBook<HoldRecord>;
  let holds: LegalHolds;

  beforeEach(() => {
    audit = new RecordingAudit();
    book = new MemoryRecordBook();
    holds = new LegalHolds({ audit, book, roles: ['legal'], clock });
  });

  const place = (patientId?: string, context = COUNSEL) =>
    runWithAccess(context, () =>
      holds.place({ ...(patientId && { patientId }), reason: 'case 12' }),
    );

  it('holds a patient until it is lifted, and nobody else', async () => {
    await place('7');
    expect(await holds.isHeld({ tenant: 't1', patientId: '7' })).toBe(true);
    expect(await holds.isHeld({ tenant: 't1', patientId: '8' })).toBe(false);
    expect(await holds.isHeld({ tenant: 't2', patientId: '7' })).toBe(false);
    await runWithAccess(COUNSEL, () => holds.lift({ patientId: '7', reason: 'settled' }));
    expect(await holds.isHeld({ tenant: 't1', patientId: '7' })).toBe(false);
    expect(await holds.held()).toEqual([]);
  });

  it('holds everybody in a tenant that is held', async () => {
    await place();
    expect(await holds.isHeld({ tenant: 't1', patientId: '8' })).toBe(true);
    await runWithAccess(COUNSEL, () => holds.lift({ patientId: '8', reason: 'not theirs alone' }));
    expect(await holds.isHeld({ tenant: 't1', patientId: '8' })).toBe(true);
  });

  it('stops what would erase more than is held: a tenant with a held patient, and all tenants', async () => {
    await place('7');
    await expect(holds.assertNotHeld({ tenant: 't1' })).rejects.toMatchObject({
      code: 'LEGAL_HOLD',
    });
    await expect(holds.assertNotHeld({})).rejects.toMatchObject({ code: 'LEGAL_HOLD' });
    await holds.assertNotHeld({ tenant: 't2' });
    await holds.assertNotHeld({ tenant: 't1', patientId: '8' });
  });

  it('is in force for other processes, and known to the audit', async () => {
    await place('7');
    const other = new LegalHolds({ audit, book, roles: ['legal'] });
    expect(await other.isHeld({ tenant: 't1', patientId: '7' })).toBe(true);
    expect(await other.held()).toEqual([
      {
        kind: 'placed',
        tenant: 't1',
        patientId: '7',
        at: clock.now(),
        by: 'counsel-1',
        reason: 'case 12',
      },
    ]);
    expect(audit.events).toEqual([
      expect.objectContaining({
        event: 'legal-hold',
        outcome: 0,
        actor: 'counsel-1',
        patientId: '7',
        detail: { kind: 'placed', reason: 'case 12' },
      }),
    ]);
  });

  it('is placed and lifted only on record', async () => {
    audit.isDown = true;
    await expect(place('7')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await holds.isHeld({ tenant: 't1', patientId: '7' })).toBe(false);
  });

  it('is for those with the role, inside an access context, with a reason', async () => {
    await expect(place('7', { ...COUNSEL, roles: ['nurse'] })).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    });
    expect(audit.last).toMatchObject({ event: 'authz-deny', outcome: 4 });
    await expect(holds.place({ patientId: '7', reason: 'case 12' })).rejects.toMatchObject({
      code: 'ACCESS_MISSING',
    });
    await expect(
      runWithAccess(COUNSEL, () => holds.place({ patientId: '7', reason: ' ' })),
    ).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    expect(await holds.held()).toEqual([]);
  });
});
