import { CacheError } from '../../src/errors/cache.error.js';
import { AuditCacheMiddleware } from '../../src/middleware/audit-cache.middleware.js';
import type { AuditRecord } from '../../src/middleware/audit-record.js';
import type { CacheOperation } from '../../src/middleware/cache-middleware.js';
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

  it('records what operators call for before it is done, and lets middleware refuse it', async () => {
    const fleet = new Fleet();
    const records: AuditRecord[] = [];
    const audit = new AuditCacheMiddleware({
      sink: { write: (record) => void records.push(record) },
      clock: fleet.clock,
    });
    const gate = {
      name: 'gate',
      handle: <R>({ kind, template }: CacheOperation, next: () => Promise<R>): Promise<R> =>
        kind === 'admin' && template === 'benchmark'
          ? Promise.reject(new CacheError('ACCESS_DENIED', 'Not now.'))
          : next(),
    };
    const cache = await fleet.join({ middleware: [audit, gate] });
    await cache.announceAdminCall('clear');
    await expect(cache.announceAdminCall('benchmark')).rejects.toThrow('Not now.');
    await settle();
    expect(records).toEqual([
      expect.objectContaining({ kind: 'admin', template: 'clear', outcome: 'done' }),
      expect.objectContaining({ kind: 'admin', template: 'benchmark', detail: 'ACCESS_DENIED' }),
    ]);
    await fleet.close();
    await audit.close();
  });
});
