import { createHmac, timingSafeEqual } from 'node:crypto';

import { FakeClock } from '@vitalcache/testing';

import { guardedCache, held, settle } from '../../test/support/guarded-cache.js';
import { RecordingAudit } from '../../test/support/recording.audit.js';
import type { AccessContext } from '../access/access-context.js';
import { currentAccess, runWithAccess } from '../access/access-scope.js';
import { MemoryRecordBook } from '../books/memory-record-book.js';
import type { BreakGlassRecord } from './break-glass-grant.js';
import { BreakGlass, type BreakGlassOptions } from './break-glass.js';
import { GrantSigner } from './grant.signer.js';

const DOCTOR: AccessContext = {
  tenant: 't1',
  actor: 'dr-1',
  roles: ['physician'],
  clinicId: '9',
  purpose: 'TREAT',
};
const REVIEWER: AccessContext = { tenant: 't1', actor: 'privacy-1', roles: ['privacy'] };
const REQUEST = {
  patientId: '7',
  reasonCode: 'UNCONSCIOUS',
  reasonText: 'Found unconscious, allergies unknown',
  minutes: 30,
};
const PART2 = {
  recipient: 'Dr. One',
  affiliation: 'St. Mary',
  discloser: 'Front desk',
  nature: 'overdose',
};
const KEY = 'patient:7:clinic:3:records';
const PHI = { containsPHI: true, ttl: 60 };

const signed = (secret: string) => {
  const sign = (bytes: Uint8Array) =>
    createHmac('sha256', secret).update(bytes).digest().subarray(0, 16);
  return new GrantSigner({
    sign,
    isSigned: (bytes, signature) =>
      signature.length === 16 && timingSafeEqual(sign(bytes), signature),
  });
};

/** A hospital where nobody may see patient 7 but by breaking the glass. */
function hospital(more: Partial<BreakGlassOptions> = {}) {
  const [clock, audit] = [new FakeClock(), new RecordingAudit()];
  const book = new MemoryRecordBook<BreakGlassRecord>();
  const options: BreakGlassOptions = {
    audit,
    book,
    clock,
    signer: signed('secret'),
    roles: ['physician'],
    reviewerRoles: ['privacy'],
    ...more,
  };
  const glass = new BreakGlass(options);
  const guarded = guardedCache({ audit, clock, grants: glass, authorize: () => false });
  const load = jest.fn(() => 'chart');
  const read = (token: string, context = DOCTOR, key = KEY, own: object = PHI) =>
    runWithAccess(context, () => glass.use(token, () => guarded.cache.cache(key, load, own)));
  const open = (request: object = {}, context = DOCTOR) =>
    runWithAccess(context, () => glass.open({ ...REQUEST, ...request }));
  return { ...guarded, glass, audit, book, clock, options, load, read, open };
}

const DENIED = { code: 'ACCESS_DENIED', status: 404 };

describe('BreakGlass', () => {
  it('lets one person see one patient, beyond what the policy and their clinic say', async () => {
    const { open, read, cache, audit } = hospital();
    await expect(
      runWithAccess(DOCTOR, () => cache.cache(KEY, () => 'chart', PHI)),
    ).rejects.toMatchObject(DENIED);
    const { token, ...grant } = await open();
    expect(grant).toMatchObject({ actor: 'dr-1', tenant: 't1', patientId: '7', hasPart2: false });
    expect(await read(token)).toBe('chart');
    expect(audit.last).toMatchObject({
      event: 'read',
      outcome: 0,
      actor: 'dr-1',
      purpose: 'BTG',
      grantId: grant.id,
      patientId: '7',
    });
  });

  it('opens reads alone: writing and invalidating, which erasing begins with, remain the policy’s', async () => {
    const { open, glass, cache } = hospital();
    const { token } = await open();
    const use = <T>(work: () => Promise<T>) => runWithAccess(DOCTOR, () => glass.use(token, work));
    await expect(use(() => cache.set(KEY, 'chart', PHI))).rejects.toMatchObject(DENIED);
    await expect(use(() => cache.invalidateCacheByTag('patient:7'))).rejects.toMatchObject(DENIED);
  });

  it('has a token that says nothing about the patient', async () => {
    const { open } = hospital({ newId: () => 'grant-1' });
    const { token } = await open({ patientId: 'TEST-PATIENT' });
    const text = token + Buffer.from(token.split('.')[1] as string, 'base64url').toString('latin1');
    expect(text).not.toContain('TEST');
    expect(text).not.toContain('UNCONSCIOUS');
  });

  it('is on record before the grant is given, and not given without', async () => {
    const { open, audit, book, glass } = hospital();
    audit.isDown = true;
    await expect(open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await book.all()).toEqual([]);
    audit.isDown = false;
    const grant = await open();
    expect(audit.events).toEqual([
      expect.objectContaining({
        event: 'btg-start',
        actor: 'dr-1',
        patientId: '7',
        purpose: 'BTG',
        grantId: grant.id,
        level: 'restricted',
        isEmergency: true,
        detail: {
          reasonCode: 'UNCONSCIOUS',
          reason: REQUEST.reasonText,
          minutes: 30,
          openedWithinHour: 1,
        },
      }),
    ]);
    glass.stop();
  });

  it('is not given when it can’t be kept for review, and that is on record too', async () => {
    const { open, audit, book, read } = hospital({ newId: () => 'g' });
    book.add = () => Promise.reject(new Error('disk full'));
    await expect(open()).rejects.toThrow('disk full');
    expect(audit.events.map(({ event }) => event)).toEqual(['btg-start', 'btg-stop']);
    await expect(read('g.x')).rejects.toMatchObject(DENIED);
  });

  it('312(a)(2)(iii): is of no use once it has expired, also inside a request that goes on', async () => {
    const { open, read, clock, glass, cache } = hospital();
    const { token } = await open({ minutes: 1 });
    clock.advance(59_999);
    expect(await read(token)).toBe('chart');
    await runWithAccess(DOCTOR, () =>
      glass.use(token, async () => {
        clock.advance(1);
        await expect(cache.cache(KEY, () => 'chart', PHI)).rejects.toMatchObject(DENIED);
      }),
    );
    await expect(read(token)).rejects.toMatchObject(DENIED);
  });

  it('lasts no longer than it was given for where a clock is behind and whoever opened it is gone', async () => {
    const { open, clock, glass, options } = hospital();
    const { token } = await open({ minutes: 1 });
    glass.stop();
    const behind = { ...clock, now: () => clock.now() - 3_600_000 };
    const other = new BreakGlass({ ...options, clock: behind });
    const use = () => runWithAccess(DOCTOR, () => other.use(token, () => 'used'));
    expect(await use()).toBe('used');
    clock.advance(60_000);
    await settle();
    await expect(use()).rejects.toMatchObject(DENIED);
  });

  it.each<['expires' | 'is closed']>([['expires'], ['is closed']])(
    'gives nothing that was still being loaded when it %s',
    async (how) => {
      const { open, read, clock, glass, audit, load } = hospital();
      const { token } = await open({ minutes: 1 });
      const origin = held<string>();
      load.mockImplementation(() => origin.promise as never);
      const reading = read(token);
      await settle();
      if (how === 'expires') clock.advance(60_000);
      else await runWithAccess(DOCTOR, () => glass.close(token));
      await settle();
      origin.release('chart');
      await expect(reading).rejects.toMatchObject(DENIED);
      expect(audit.events.slice(1)).toMatchObject([
        { event: 'btg-stop', detail: { reads: 0 } },
        { event: 'authz-deny', patientId: '7', detail: { reason: 'grant-invalid' } },
      ]);
    },
  );

  it('records its end, when it is closed and when it expires', async () => {
    const { open, read, clock, glass, audit } = hospital();
    const first = await open();
    await read(first.token);
    await read(first.token);
    await runWithAccess(DOCTOR, () => glass.close(first.token));
    expect(audit.last).toMatchObject({
      event: 'btg-stop',
      grantId: first.id,
      detail: { how: 'closed', reads: 2 },
    });
    await expect(read(first.token)).rejects.toMatchObject(DENIED);
    const second = await open({ reasonText: 'Seizure on the ward, medication unknown' });
    clock.advance(30 * 60_000);
    await settle();
    expect(audit.last).toMatchObject({
      event: 'btg-stop',
      grantId: second.id,
      detail: { how: 'expired', reads: 0 },
    });
  });

  it('is ended by the next start if nobody was there when it expired', async () => {
    const { open, glass, clock, audit, options, read } = hospital();
    const gone = await open({ minutes: 1 });
    const open2 = await open({ minutes: 60, patientId: '8' });
    glass.stop();
    clock.advance(60_000);
    await settle();
    expect(audit.of('btg-stop')).toEqual([]);
    const restarted = new BreakGlass(options);
    await restarted.start();
    expect(audit.of('btg-stop').map(({ grantId }) => grantId)).toEqual([gone.id]);
    clock.advance(59 * 60_000);
    await settle();
    expect(audit.of('btg-stop').map(({ grantId }) => grantId)).toEqual([gone.id, open2.id]);
    await expect(read(open2.token)).rejects.toMatchObject(DENIED);
  });

  it('works in every process that shares the book and the secret, until one of them closes it', async () => {
    const { open, options, glass } = hospital();
    const { token, id } = await open();
    const other = new BreakGlass(options);
    const grantId = await runWithAccess(DOCTOR, () =>
      other.use(token, () => currentAccess()?.grantId),
    );
    expect(grantId).toBe(id);
    await runWithAccess(DOCTOR, () => glass.close(token));
    await expect(runWithAccess(DOCTOR, () => other.use(token, () => 1))).rejects.toMatchObject(
      DENIED,
    );
  });

  it('counts the reads in every process, and nothing but reads', async () => {
    const { open, options, glass, audit, clock } = hospital();
    const { token } = await open({ minutes: 1 });
    const other = new BreakGlass(options);
    for (const grants of [glass, other, other]) {
      const { cache } = guardedCache({ audit, clock, grants, authorize: () => true });
      await runWithAccess(DOCTOR, () =>
        grants.use(token, async () => {
          await cache.cache(KEY, () => 'chart', PHI);
          await cache.set('patient:7:note', 'note', PHI);
          await cache.invalidateCacheByTag('patient:7');
        }),
      );
    }
    const reads = async () => {
      const [use] = await runWithAccess(REVIEWER, () => other.reviews.list());
      return use?.reads;
    };
    expect(await reads()).toBe(2); // those of this process, while it is open
    await runWithAccess(DOCTOR, () => glass.close(token));
    expect(await reads()).toBe(3);
    clock.advance(60_000);
    await settle();
    expect(await reads()).toBe(3);
  });

  describe('never', () => {
    it.each<[string, Partial<AccessContext>]>([
      ['another person', { actor: 'dr-2' }],
      ['another tenant', { tenant: 't2' }],
    ])('is of use to %s', async (_, context) => {
      const { open, read, audit } = hospital();
      const { token } = await open();
      await expect(read(token, { ...DOCTOR, ...context })).rejects.toMatchObject(DENIED);
      expect(audit.last).toMatchObject({
        event: 'authz-deny',
        detail: { reason: 'grant-invalid' },
      });
    });

    it('opens another patient, also in one batch with the right one', async () => {
      const { open, read, cache, glass } = hospital();
      const { token } = await open();
      await expect(read(token, DOCTOR, 'patient:8:profile')).rejects.toMatchObject(DENIED);
      const keys = ['patient:7:profile', 'patient:8:profile'];
      await expect(
        runWithAccess(DOCTOR, () =>
          glass.use(token, () => cache.cacheMany(keys, () => [1, 2], PHI)),
        ),
      ).rejects.toMatchObject(DENIED);
    });

    it('is believed with another signature, another secret, or with a changed book', async () => {
      const { open, read, book, options } = hospital();
      const { token, id } = await open();
      const bare = (forged: unknown) => read(forged as string);
      for (const forged of [`${id}.`, `${id}.${'A'.repeat(22)}`, id, '', undefined, {}]) {
        await expect(bare(forged)).rejects.toMatchObject(DENIED);
      }
      const foreign = new BreakGlass({ ...options, signer: signed('other') });
      await expect(runWithAccess(DOCTOR, () => foreign.use(token, () => 1))).rejects.toMatchObject(
        DENIED,
      );
      const [record] = (await book.all()) as [Extract<BreakGlassRecord, { kind: 'opened' }>];
      const changed = new MemoryRecordBook<BreakGlassRecord>();
      await changed.add({ ...record, grant: { ...record.grant, patientId: '8' } });
      const misled = new BreakGlass({ ...options, book: changed });
      await expect(runWithAccess(DOCTOR, () => misled.use(token, () => 1))).rejects.toMatchObject(
        DENIED,
      );
    });

    it('is given to who lacks the role', async () => {
      const { open, audit } = hospital();
      await expect(open({}, { ...DOCTOR, roles: ['clerk'] })).rejects.toMatchObject(DENIED);
      expect(audit.events).toEqual([
        expect.objectContaining({ event: 'authz-deny', detail: { reason: 'break-glass-role' } }),
      ]);
      expect(() => new BreakGlass({ ...hospital().options, roles: [] })).toThrow('roles');
    });

    it('is given without an access context', async () => {
      const { glass } = hospital();
      await expect(glass.open(REQUEST)).rejects.toMatchObject({ code: 'ACCESS_MISSING' });
      await expect(glass.use('a.b', () => 1)).rejects.toMatchObject({ code: 'ACCESS_MISSING' });
    });

    it.each<[string, object]>([
      ['0 minutes', { minutes: 0 }],
      ['61 minutes', { minutes: 61 }],
      ['no number of minutes', { minutes: NaN }],
      ['no reason', { reasonText: '' }],
      ['hardly a reason', { reasonText: '         x         ' }],
      ['a novel', { reasonText: 'x'.repeat(1_001) }],
      ['a code with a line end', { reasonCode: 'A\nB' }],
      ['half of what part 2 wants', { part2: { ...PART2, nature: '' } }],
    ])('is given for %s', async (_, request) => {
      const { open, audit } = hospital();
      await expect(open(request)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
      expect(audit.events).toEqual([]);
    });

    it('is given for no patient, or for one with controls in the id', async () => {
      for (const patientId of [undefined, 7, '', 'a\nb']) {
        await expect(hospital().open({ patientId })).rejects.toMatchObject({
          code: 'OPTION_INVALID',
        });
      }
    });

    it('is renewed for a reason that was given, however it is written', async () => {
      const { open, clock } = hospital();
      await open();
      const again = { reasonText: `  ${REQUEST.reasonText.toUpperCase()}!! ` };
      await expect(open(again)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
      const [one, two] = await Promise.allSettled([
        open({ patientId: '8' }),
        open({ patientId: '8' }),
      ]);
      expect([one.status, two.status]).toEqual(['fulfilled', 'rejected']);
      await open({ reasonText: 'Now needs surgery, anaesthesia history' });
      clock.advance(24 * 3_600_000 + 1);
      await open(again);
    });

    it('part 2, 2.51(c): opens what is tagged part2 without who gets it from whom and why', async () => {
      const options = { ...PHI, tags: ['part2'] };
      const plain = hospital();
      const { token } = await plain.open();
      await expect(plain.read(token, DOCTOR, KEY, options)).rejects.toMatchObject(DENIED);
      expect(plain.audit.last).toMatchObject({ detail: { reason: 'grant-lacks-part2' } });
      const told = hospital();
      const grant = await told.open({ part2: PART2 });
      expect(await told.read(grant.token, DOCTOR, KEY, options)).toBe('chart');
      expect(told.audit.of('btg-start')[0]?.detail).toMatchObject({
        'part2.recipient': 'Dr. One',
        'part2.affiliation': 'St. Mary',
        'part2.discloser': 'Front desk',
        'part2.nature': 'overdose',
      });
    });
  });

  it('log injection: makes controls in a reason visible', async () => {
    const { open, audit } = hospital();
    await open({ reasonText: 'first line\n{"event":"read"}\u2028\u001b[31m' });
    expect(audit.last?.detail?.['reason']).toBe(
      'first line\\u000a{"event":"read"}\\u2028\\u001b[31m',
    );
  });

  it('tells of each grant, and raises an alarm at more than three within an hour', async () => {
    const onBreakGlass = jest.fn(() => Promise.reject(new Error('pager')));
    const onAlarm = jest.fn(() => {
      throw new Error('pager');
    });
    const { open, clock, audit } = hospital({ onBreakGlass, onAlarm });
    for (const patientId of ['1', '2', '3']) await open({ patientId });
    expect(onAlarm).not.toHaveBeenCalled();
    const fourth = await open({ patientId: '4' });
    await settle();
    expect(onAlarm).toHaveBeenCalledWith('dr-1', 4);
    expect(onBreakGlass).toHaveBeenLastCalledWith(fourth);
    expect(audit.of('btg-start').at(-1)?.detail).toMatchObject({ openedWithinHour: 4 });
    clock.advance(3_600_000);
    await open({ patientId: '5' });
    expect(onAlarm).toHaveBeenCalledTimes(1);
  });

  describe('reviews', () => {
    it('lists who used it on whom, when, why and how often, and who has looked at it', async () => {
      const { open, read, glass, clock, audit } = hospital();
      const start = clock.now();
      const { token, id } = await open();
      await read(token);
      const reviewing = <R>(work: () => R) => runWithAccess(REVIEWER, work);
      const use = {
        id,
        actor: 'dr-1',
        patientId: '7',
        reasonCode: 'UNCONSCIOUS',
        reasonText: REQUEST.reasonText,
        openedAt: start,
        endedAt: null,
        reads: 1,
        reviewedBy: null,
        reviewedAt: null,
      };
      expect(await reviewing(() => glass.reviews.list())).toEqual([use]);
      clock.advance(1_000);
      await runWithAccess(DOCTOR, () => glass.close(token));
      await reviewing(() => glass.reviews.mark(id));
      const reviewed = {
        ...use,
        endedAt: start + 1_000,
        reviewedBy: 'privacy-1',
        reviewedAt: start + 1_000,
      };
      expect(await reviewing(() => glass.reviews.list({ isReviewed: true }))).toEqual([reviewed]);
      expect(await reviewing(() => glass.reviews.list({ isReviewed: false }))).toEqual([]);
      expect(audit.last).toMatchObject({
        event: 'btg-review',
        actor: 'privacy-1',
        patientId: '7',
        detail: { of: 'dr-1' },
      });
    });

    it('are for reviewers of the tenant, and never of one’s own uses', async () => {
      const { open, glass } = hospital({ reviewerRoles: ['privacy', 'physician'] });
      const { id } = await open();
      const as = <R>(context: Partial<AccessContext>, work: () => R) =>
        runWithAccess({ ...REVIEWER, ...context }, work);
      await expect(as({ roles: [] }, () => glass.reviews.list())).rejects.toMatchObject(DENIED);
      expect(await as({ tenant: 't2' }, () => glass.reviews.list())).toEqual([]);
      await expect(as({ tenant: 't2' }, () => glass.reviews.mark(id))).rejects.toMatchObject(
        DENIED,
      );
      await expect(runWithAccess(DOCTOR, () => glass.reviews.mark(id))).rejects.toMatchObject(
        DENIED,
      );
      await expect(as({}, () => glass.reviews.mark('unknown'))).rejects.toMatchObject(DENIED);
      await expect(glass.reviews.list()).rejects.toMatchObject({ code: 'ACCESS_MISSING' });
    });
  });
});
