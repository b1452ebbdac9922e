import { AuditCacheMiddleware } from '../../src/middleware/audit-cache.middleware.js';
import type { AuditRecord } from '../../src/middleware/audit-record.js';
import { Fleet, settle } from '../support/fleet.js';

describe('auditing a cache', () => {
  it('records invalidations, clears and changes of settings with who, and no key', async () => {
    const fleet = new Fleet();
    const records: AuditRecord[] = [];
    const audit = new AuditCacheMiddleware({
      sink: { write: (record) => void records.push(record) },
      clock: fleet.clock,
      context: () => ({ actor: 'dr-grey', reason: 'test' }),
    });
    const cache = await fleet.join({ middleware: [audit] });
    await cache.cache('users:secret-7', () => 'v1');
    await cache.invalidateCache('users:secret-7');
    await cache.del('users:secret-7');
    await cache.clear();
    await cache.configure({ values: { defaultTtl: 77 } });
    await settle();
    expect(records.map(({ kind, outcome }) => `${kind} ${outcome}`).sort()).toEqual([
      'clear recorded',
      'configure changed',
      'configure done',
      'del recorded',
      'invalidate recorded',
    ]);
    expect(records.every(({ actor }) => actor === 'dr-grey')).toBe(true);
    expect(records.find(({ outcome }) => outcome === 'changed')?.detail).toBe(
      'defaultTtl: 3600 to 77',
    );
    expect(JSON.stringify(records)).not.toContain('secret');
    await fleet.close();
    await audit.close();
  });
});
