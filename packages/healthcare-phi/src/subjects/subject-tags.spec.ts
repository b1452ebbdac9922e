import fc from 'fast-check';

import { CacheKeyFactory } from '@vitalcache/core';

import { subjectOf } from './entry-subject.js';
import { coveringPerson, coveringTag, coveringTopic, tagsOf } from './subject-tags.js';

const keys = new CacheKeyFactory();

function tagsOfKey(key: string, written: readonly string[] = []): readonly string[] {
  const subject = subjectOf(key, { template: 'unnamed', subject: null });
  return tagsOf(subject, { written, tenant: 'default', containsPHI: true });
}

const isCovered = (key: string, covering: readonly string[], written: readonly string[] = []) =>
  tagsOfKey(key, written).some((tag) => covering.includes(tag));

describe('tagsOf', () => {
  it('covers what a patient has at a clinic by that clinic, by all clinics and by hand, by no other clinic', () => {
    const key = keys.patient('7', 'a');
    expect(isCovered(key, coveringPerson('patient', '7', 'a'))).toBe(true);
    expect(isCovered(key, coveringPerson('patient', '7'))).toBe(true);
    expect(isCovered(key, coveringTag('patient:7'))).toBe(true);
    expect(isCovered(key, coveringPerson('patient', '7', 'b'))).toBe(false);
    expect(isCovered(key, coveringPerson('patient', '77', 'a'))).toBe(false);
    expect(isCovered(key, coveringPerson('doctor', '7', 'a'))).toBe(false);
  });

  it.each([keys.patientProfile('7'), keys.patient('7', 'default')])(
    'covers what belongs to no clinic by every clinic: %s',
    (key) => {
      for (const clinic of ['a', 'default', undefined]) {
        expect(isCovered(key, coveringPerson('patient', '7', clinic))).toBe(true);
      }
      expect(tagsOfKey(key)).toContain('patient:7');
      expect(isCovered(key, coveringTag('clinic:default'))).toBe(true);
    },
  );

  it('covers what is tagged by hand, however it is named', () => {
    const written = ['medical_history', 'patient:789', 'phi_data'];
    expect(isCovered('x:1', coveringPerson('patient', '789'), written)).toBe(true);
    expect(isCovered('x:1', coveringPerson('patient', '789', 'any'), written)).toBe(true);
  });

  it('knows an id that a template has escaped', () => {
    const key = keys.patient('a:b', 'c');
    expect(isCovered(key, coveringTag(keys.key('patient:{id}', { id: 'a:b' })))).toBe(true);
    expect(isCovered(key, coveringTag('patient:a:b'))).toBe(true);
  });

  it('takes the people of a topic from tags written by hand', () => {
    const written = ['appointments', 'doctor:456', 'clinic:123'];
    expect(isCovered('lists:9', coveringTopic('bookings', 'doctor', '456'), written)).toBe(true);
    expect(isCovered('lists:9', coveringTopic('bookings', 'doctor', '4'), written)).toBe(false);
  });

  it('never lets an id reach into what another is covered by', () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(id, id, id, (mine, other, clinic) => {
        fc.pre(mine.normalize() !== other.normalize() && clinic !== 'default');
        const tags = tagsOf(
          { patientId: mine, clinicId: clinic, topics: ['labResults'] },
          {
            written: [],
            tenant: 'default',
            containsPHI: false,
          },
        );
        const covers = (covering: readonly string[]) => tags.some((tag) => covering.includes(tag));
        expect(covers(coveringPerson('patient', mine, clinic))).toBe(true);
        expect(covers(coveringTopic('labResults', 'patient', mine, clinic))).toBe(true);
        expect(covers(coveringPerson('patient', other))).toBe(false);
        expect(covers(coveringPerson('patient', other, clinic))).toBe(false);
        expect(covers(coveringTopic('labResults', 'patient', other))).toBe(false);
      }),
    );
  });

  it('keeps tags within their length', () => {
    const tags = tagsOf(
      { patientId: '\u00eb'.repeat(128), clinicId: ':'.repeat(200), topics: ['bookings'] },
      { written: [], tenant: 't'.repeat(300), containsPHI: true },
    );
    for (const tag of tags) expect(Buffer.byteLength(tag)).toBeLessThanOrEqual(256);
  });
});
