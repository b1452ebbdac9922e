import { resolveOptions } from './resolve-options.js';
import { CACHE_DEFAULTS } from './cache-options.js';

const resolved = (subject: unknown) => resolveOptions({ subject } as never, CACHE_DEFAULTS).subject;

describe('subject', () => {
  it('is what was written, without what is not there, and frozen', () => {
    const subject = resolved({ patientId: '7', clinicId: undefined });
    expect(subject).toEqual({ patientId: '7' });
    expect(Object.isFrozen(subject)).toBe(true);
  });

  it.each([
    [null, 'subject is null'],
    [['7'], 'subject is a list'],
    [{}, 'subject names nobody'],
    [{ patient: '7' }, 'subject has no patient; accepted: patientId, doctorId'],
    [{ patientId: 7 }, 'subject.patientId is number; accepted: text'],
    [{ doctorId: '' }, 'subject.doctorId is 0 characters'],
  ])('refuses %j', (subject, message) => {
    expect(() => resolved(subject)).toThrow(message);
  });
});
