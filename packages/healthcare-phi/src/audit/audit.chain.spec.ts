import { FakeClock } from '@vitalcache/testing';

import type { AuditEvent } from './audit-event.js';
import { GENESIS, parseLine, recordHash } from './audit-line.js';
import { AuditChain } from './audit.chain.js';
import { canonicalJson, type JsonValue } from './canonical-json.js';

const EVENT = {
  event: 'read',
  action: 'R',
  outcome: 0,
  actor: 'dr-1',
  tenant: 'default',
  template: 'patients:{patientId}',
  level: 'standard',
} as const satisfies AuditEvent;

const chained = () =>
  new AuditChain({ node: 'n', library: '1', clock: new FakeClock(), monotonicMs: () => 0 });

describe(AuditChain.name, () => {
  it.each(['first', 'last'] as const)('chains all lines whichever is written %s', (asked) => {
    const chain = chained();
    const lines = Array.from({ length: 600 }, (_, i) => chain.link({ ...EVENT, actor: `dr-${i}` }));
    expect(lines.at(asked === 'first' ? 0 : -1)?.text).toContain('"h":');
    let previous = GENESIS;
    for (const line of lines) {
      const { record, hash } = line;
      previous = recordHash(previous, canonicalJson(record as unknown as JsonValue));
      expect(hash).toBe(previous);
      expect(parseLine(line.text)).toMatchObject({ seq: line.seq, hash });
    }
    expect(chain.head).toMatchObject({ seq: 600, hash: previous });
  });

  it('says where it stands also while nothing was written', () => {
    const chain = chained();
    const lines = Array.from({ length: 300 }, () => chain.link(EVENT));
    expect(chain.head?.hash).toBe(lines.at(-1)?.hash);
  });

  it('records an event as it was when it was linked', () => {
    const event: { -readonly [K in keyof AuditEvent]: AuditEvent[K] } = { ...EVENT };
    const roles = ['doctor'];
    event.roles = roles;
    const line = chained().link(event);
    event.actor = 'somebody else';
    roles.push('admin');
    expect(line.text).toContain('"actor":"dr-1"');
    expect(line.record.roles).toEqual(['doctor']);
  });
});
