import { setTimeout as sleep } from 'node:timers/promises';

import { isCacheError } from '@vitalcache/core';
import fc from 'fast-check';

import type { AccessContext } from './access-context.js';
import { currentAccess, runAsSystem, runWithAccess } from './access-scope.js';

const NURSE: AccessContext = { tenant: 't1', actor: 'nurse-1', roles: ['nurse'] };

describe('runWithAccess', () => {
  it('holds for all that is awaited and started inside, and for nothing else', async () => {
    expect(currentAccess()).toBeNull();
    const seen = await Promise.all(
      ['a', 'b'].map((actor) =>
        runWithAccess({ ...NURSE, actor }, async () => {
          await sleep(1);
          return currentAccess()?.actor;
        }),
      ),
    );
    expect(seen).toEqual(['a', 'b']);
    expect(currentAccess()).toBeNull();
  });

  it('keeps a frozen copy in NFC, which nobody changes afterwards', () => {
    const roles = ['nurse'];
    runWithAccess({ ...NURSE, actor: 'e\u0301va', roles, purpose: 'TREAT' }, () => {
      roles.push('admin');
      expect(currentAccess()).toEqual({ ...NURSE, actor: '\u00e9va', purpose: 'TREAT' });
      expect(Object.isFrozen(currentAccess())).toBe(true);
      expect(Object.isFrozen(currentAccess()?.roles)).toBe(true);
    });
  });

  it.each<[string, unknown]>([
    ['no object', null],
    ['no tenant', { actor: 'a', roles: [] }],
    ['a number for an actor', { ...NURSE, actor: 1 }],
    ['an empty actor', { ...NURSE, actor: '' }],
    ['257 bytes', { ...NURSE, actor: 'x'.repeat(257) }],
    ['129 characters of two bytes', { ...NURSE, tenant: 'é'.repeat(129) }],
    ['a newline', { ...NURSE, actor: 'a\nb' }],
    ['a NUL', { ...NURSE, clinicId: 'a\0b' }],
    ['a turned text', { ...NURSE, actor: 'a\u202eb' }],
    ['half a surrogate', { ...NURSE, actor: 'a\ud800' }],
    ['spaces at an end', { ...NURSE, actor: 'nurse-1 ' }],
    ['no roles', { tenant: 't', actor: 'a' }],
    ['a role that is no string', { ...NURSE, roles: [1] }],
    ['an unknown purpose', { ...NURSE, purpose: 'FUN' }],
    ['a purpose that every object has', { ...NURSE, purpose: 'constructor' }],
    ['the library’s own actor', { ...NURSE, actor: 'system' }],
  ])('refuses %s, without saying what it was', (_, context) => {
    let error: unknown;
    try {
      runWithAccess(context as AccessContext, () => fail('it was let in'));
    } catch (thrown) {
      error = thrown;
    }
    expect(isCacheError(error, 'ACCESS_MISSING')).toBe(true);
    expect((error as Error).message).not.toContain('nurse-1');
  });

  it('never lets an actor of more than 256 bytes or with controls in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (actor) => {
        try {
          runWithAccess({ ...NURSE, actor }, () => {
            const id = currentAccess()?.actor ?? '';
            expect(Buffer.byteLength(id)).toBeLessThanOrEqual(256);
            // eslint-disable-next-line no-control-regex
            expect(id).not.toMatch(/[\u0000-\u001f\u007f]/);
            expect(id).not.toBe('');
          });
        } catch (error) {
          if (!isCacheError(error, 'ACCESS_MISSING')) throw error;
        }
      }),
    );
  });
});

describe('runAsSystem', () => {
  it('works in the tenant and clinic of its cause, on nobody’s account', () => {
    const cause = { ...NURSE, clinicId: 'c1', purpose: 'BTG', grantId: 'g' } as const;
    expect(runAsSystem(cause, currentAccess)).toEqual({
      tenant: 't1',
      actor: 'system',
      roles: [],
      clinicId: 'c1',
    });
    expect(runAsSystem(null, currentAccess)).toMatchObject({ tenant: 'default', actor: 'system' });
  });
});
