import type { ICacheMetrics } from '../observation/cache-metrics.js';
import type { DataProtection } from '../protection/data-protection.js';
import type { CachePlugin } from './cache-plugin.js';
import { mergePlugins } from './merge-plugins.js';

const strategy = (name: string) => ({
  name,
  when: () => true,
  read: () => Promise.reject(new Error('not read')),
});
const middleware = (name: string) => ({
  name,
  handle: <R>(_operation: unknown, next: () => Promise<R>) => next(),
});
const warmer = (name: string) => ({ name, items: () => [] });
const action = { method: 'DELETE', path: 'phi', run: () => Promise.resolve({}) } as const;
class Sealing {}
const service = { token: Sealing, create: () => new Sealing() };

describe('mergePlugins', () => {
  it.each<[string, Partial<CachePlugin>, string]>([
    ['name', {}, 'plugin a'],
    ['strategy', { strategies: [strategy('x')] }, 'strategy x'],
    ['middleware', { middleware: [middleware('x')] }, 'middleware x'],
    ['warmer', { warmers: [warmer('x')] }, 'warmer x'],
    ['service', { services: [service] }, 'service Sealing'],
    ['class', { cacheClass: Sealing }, 'class for the cache'],
    ['admin action', { adminActions: [action] }, 'admin action DELETE /cache/phi'],
    ['protection', { protection: {} as DataProtection }, 'protection of the data'],
    ['measuring part', { measures: {} as ICacheMetrics }, 'metrics of the cache'],
  ])('never lets one %s stand for two', (what, part, message) => {
    const two = [
      { name: 'a', ...part },
      { name: what === 'name' ? 'a' : 'b', ...part },
    ];
    expect(() => mergePlugins(two)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: `Plugins bring two of one kind: ${message}. Register it once, or rename one of them.`,
      }),
    );
  });

  it('puts all contributions in the order of the plugins', () => {
    const protection = {} as DataProtection;
    const merged = mergePlugins([
      { name: 'a', strategies: [strategy('s1'), strategy('s2')], warmers: [warmer('w1')] },
      { name: 'b' },
      {
        name: 'c',
        strategies: [strategy('s3')],
        middleware: [middleware('m')],
        cacheClass: Sealing,
        services: [service],
        protection,
        adminActions: [action, { ...action, method: 'GET' }],
      },
    ]);
    const names = (parts: readonly { readonly name: string }[]) => parts.map(({ name }) => name);
    expect(names(merged.plugins)).toEqual(['a', 'b', 'c']);
    expect(names(merged.strategies)).toEqual(['s1', 's2', 's3']);
    expect(merged.cacheClass).toBe(Sealing);
    expect(merged.protection).toBe(protection);
    expect(mergePlugins([])).toMatchObject({ cacheClass: null, protection: null });
    expect(names(merged.middleware)).toEqual(['m']);
    expect(names(merged.warmers)).toEqual(['w1']);
    expect([merged.services.length, merged.adminActions.length]).toEqual([1, 2]);
  });

  it('runs a request inside all hooks, the first outermost, and lets each refuse it', () => {
    const notes: string[] = [];
    const hooked = (name: string): CachePlugin => ({
      name,
      aroundRequest: (_request, next) => {
        notes.push(name);
        return next();
      },
    });
    const request = { kind: 'http', raw: {} } as const;
    const merged = mergePlugins([hooked('a'), { name: 'none' }, hooked('b')]);
    expect(merged.aroundRequest(request, () => notes.join())).toBe('a,b');
    expect(mergePlugins([]).aroundRequest(request, () => 7)).toBe(7);
    const refusing: CachePlugin = {
      name: 'refusing',
      aroundRequest: () => {
        throw new Error('nobody is asking');
      },
    };
    const next = jest.fn();
    const guarded = mergePlugins([refusing, hooked('c')]);
    expect(() => guarded.aroundRequest(request, next)).toThrow('nobody is asking');
    expect(next).not.toHaveBeenCalled();
  });

  it.each([null, {}, { name: '' }])('refuses %j', (plugin) => {
    expect(() => mergePlugins([plugin as never])).toThrow(
      'A plugin must be an object with a name.',
    );
  });
});
