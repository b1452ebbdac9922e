import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CacheKeyFactory } from '../../src/index.js';
import { closeAll } from '../support/apps.js';
import { startHealthcare } from './samples.app.js';

afterEach(closeAll);

const linesOf = (sample: string): string[] =>
  readFileSync(join(__dirname, 'document', `${sample}.txt`), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('//'));

const VALUES: Readonly<Record<string, string>> = {
  id: '7',
  category: 'tools',
  patientId: 'patient-1',
  clinicId: 'clinic-1',
  doctorId: 'doctor-1',
  appointmentId: 'appointment-1',
  query: 'fever',
  page: '2',
  price: '10',
  date: '2026-03-01',
};

describe('the key conventions', () => {
  const factory = new CacheKeyFactory();
  const [p, c, d, a] = ['patient-1', 'clinic-1', 'doctor-1', 'appointment-1'];
  /** What makes the key of each line, in the order of the document. */
  const MADE = [
    factory.user('7'),
    factory.product('tools', '7'),
    factory.patient(p, c, 'records'),
    factory.search('fever', 2),
    factory.filter('tools', 10),
    factory.appointment(a, 'details'),
    factory.patientProfile(p),
    factory.doctorSchedule(d, '2026-03-01'),
    factory.clinic(c, 'doctors'),
    factory.medicalHistory(p, c),
    factory.prescriptions(p, c),
  ];

  it.each(linesOf('23-key-naming-conventions').map((line, index) => [line, MADE[index]]))(
    'makes the key %s',
    (line, made) => {
      const key = line.replace(/\$\{(\w+)\}/g, (_, name: string) => VALUES[name] ?? '?');
      expect(made).toBe(key);
      expect(factory.key(line.replaceAll('${', '{'), VALUES)).toBe(key);
    },
  );

  it('are eleven', () => expect(linesOf('23-key-naming-conventions')).toHaveLength(11));
});

describe('the tags', () => {
  const lines = linesOf('24-tag-usage').map((line) => ({
    line,
    tags: [...line.matchAll(/'([^']+)'/g)].map(([, tag = '']) => tag),
  }));

  it('stand in four lines', () => expect(lines).toHaveLength(4));

  it.each(lines)('invalidates by each tag of $line', async ({ tags }) => {
    const { cache, asDoctor } = await startHealthcare([]);
    // What is about a person has to be protected; the id of the line is the entry's own.
    const isPHI = tags.includes('phi_data');
    const options = isPHI
      ? { tags, containsPHI: true, subject: { patientId: '789', clinicId: '123' } }
      : { tags };
    let calls = 0;
    const read = () => asDoctor(() => cache.cache('sample', () => ++calls, options));
    for (const tag of tags) {
      const loaded = await read();
      expect(await read()).toBe(loaded);
      await asDoctor(() => cache.invalidateCacheByTag(tag));
      expect(await read()).toBe(loaded + 1);
    }
    await asDoctor(() => cache.invalidateCacheByTag('other'));
    expect(await read()).toBe(tags.length + 1);
  });

  it.each([
    ['phi_data', 'clearPHICache', []],
    ['patient:789', 'invalidatePatientCache', ['789']],
    ['doctor:456', 'invalidateDoctorCache', ['456']],
    ['clinic:123', 'invalidateClinicCache', ['123']],
  ] as const)('%s is a contract with %s', async (tag, method, ids) => {
    const { cache, asDoctor } = await startHealthcare([]);
    let calls = 0;
    const read = () => asDoctor(() => cache.cache('sample', () => ++calls, { tags: [tag] }));
    expect([await read(), await read()]).toEqual([1, 1]);
    const call = cache[method].bind(cache) as (...given: readonly string[]) => Promise<unknown>;
    await asDoctor(() => call(...ids));
    expect(await read()).toBe(2);
  });
});
