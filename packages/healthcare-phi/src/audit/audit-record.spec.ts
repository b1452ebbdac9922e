import type { AuditEvent } from './audit-event.js';
import { parseLine, recordLine, GENESIS } from './audit-line.js';
import { toRecord, type RecordPlace } from './audit-record.js';

const EVENT: AuditEvent = {
  event: 'read',
  action: 'R',
  outcome: 0,
  actor: 'dr-1',
  tenant: 'default',
  patientId: 'p-1',
  template: 'labs',
  level: 'standard',
};
const PLACE: RecordPlace = {
  chain: 'c',
  seq: 1,
  time: '2026-01-01T00:00:00.000Z',
  deltaUs: 0,
  node: 'n',
  library: '0.1.0',
};
const record = (event: Partial<AuditEvent>) => toRecord({ ...EVENT, ...event }, PLACE);

describe('toRecord', () => {
  it('holds who, what, where, when, why and how, and whether it was a hit', () => {
    const full = record({
      onBehalfOf: 'dr-2',
      roles: ['doctor'],
      clinicId: 'c-1',
      labels: ['R'],
      purpose: 'TREAT',
      grantId: 'g',
      source: 'l2',
      isStale: false,
      ageMs: 5,
      keyRef: 'k',
      requestId: 'q',
      address: '10.0.0.1',
      isEmergency: true,
      detail: { count: 3 },
    });

    expect(full).toEqual({
      v: 1,
      ...PLACE,
      event: 'read',
      action: 'R',
      outcome: 0,
      actor: 'dr-1',
      onBehalfOf: 'dr-2',
      roles: ['doctor'],
      tenant: 'default',
      clinic: 'c-1',
      patient: 'p-1',
      template: 'labs',
      level: 'standard',
      labels: ['R'],
      purpose: 'TREAT',
      grant: 'g',
      source: 'l2',
      isHit: true,
      isStale: false,
      ageMs: 5,
      keyRef: 'k',
      request: 'q',
      address: '10.0.0.1',
      isEmergency: true,
      detail: { count: 3 },
    });
  });

  it.each([
    ['l1', true],
    ['l2', true],
    ['origin', false],
  ] as const)('calls what came from %s a hit: %s', (source, isHit) => {
    expect(record({ source }).isHit).toBe(isHit);
  });

  it('takes nothing that is not of an event, such as a value', () => {
    const text = JSON.stringify(record({ value: 'HIV positive', data: {} } as object));

    expect(text).not.toMatch(/value|data|HIV/);
  });

  it('names what in a detail is no text, number or boolean, and does not write it', () => {
    const detail = { chart: { hiv: 'positive' }, n: NaN } as unknown as AuditEvent['detail'];

    expect(record({ detail }).detail).toEqual({ chart: '[object]', n: 'NaN' });
  });

  it('caps texts, and keeps two long ones apart that begin alike', () => {
    const [a, b] = ['1', '2'].map((end) => record({ patientId: 'p'.repeat(5_000) + end }).patient);

    expect(a).toHaveLength(256);
    expect(a).not.toBe(b);
  });

  it('caps reasons, lists and the number of details', () => {
    const detail = Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`d${i}`, 'x']));
    const capped = record({
      detail: { reason: 'r'.repeat(1e6), ...detail },
      roles: Array.from({ length: 99 }, (_, i) => `role-${i}`),
    });

    expect(capped.detail?.['reason']).toHaveLength(1_024);
    expect(Object.keys(capped.detail ?? {})).toHaveLength(32);
    expect(capped.roles).toHaveLength(32);
    expect(capped.roles?.at(-1)).toBe('…68 more');
  });

  it.each(['a\nb', '\u001b[2J', 'a\u2028b', 'a\0b', '","seq":99,"x":"'])(
    'stays one line of one record with %j in every text',
    (hostile) => {
      const line = recordLine(
        record({
          actor: hostile,
          patientId: hostile,
          template: hostile,
          roles: [hostile],
          detail: { reason: hostile, [hostile]: 1 },
        }),
        GENESIS,
      );

      expect(line.text).toMatch(/^[\x20-\x7e]+$/);
      expect(parseLine(line.text)).toEqual(line);
      expect(line.record).toMatchObject({ seq: 1, actor: hostile });
    },
  );
});
