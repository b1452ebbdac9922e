import fc from 'fast-check';

import { CACHE_DEFAULTS, type CacheOptions } from './cache-options.js';
import { OptionsResolver } from './options.resolver.js';
import { resolveOptions } from './resolve-options.js';

describe('OptionsResolver', () => {
  const resolver = new OptionsResolver(CACHE_DEFAULTS);
  const isOnce = (options: CacheOptions): boolean =>
    resolver.resolve(options) === resolver.resolve(options);

  it('never remembers what somebody may still change', () => {
    const options = { ttl: 60 };
    expect(resolver.resolve(options).ttlMs).toBe(60_000);
    options.ttl = 1;
    expect(resolver.resolve(options).ttlMs).toBe(1_000);

    const tags = ['a'];
    const frozen = Object.freeze({ tags });
    expect(resolver.resolve(frozen).tags).toEqual(['a']);
    tags.push('b');
    expect(resolver.resolve(frozen).tags).toEqual(['a', 'b']);

    let ttl = 1;
    const getting = Object.freeze({
      get ttl() {
        return ttl++;
      },
    });
    expect(resolver.resolve(getting).ttlMs).not.toBe(resolver.resolve(getting).ttlMs);
    expect(isOnce(Object.freeze({ adaptive: { minStaleTime: 1, maxStaleTime: 2 } }))).toBe(false);
    expect(isOnce(Object.freeze(Object.create({ ttl: 1 }) as CacheOptions))).toBe(false);
  });

  it('always resolves as if it remembered nothing', () => {
    const values = {
      ttl: fc.constantFrom(60, 61, '60s'),
      staleTime: fc.constantFrom(1, 2),
      compress: fc.boolean(),
      template: fc.constantFrom('a', 'b'),
      tags: fc.constantFrom(['a'], ['b']),
      adaptive: fc.constantFrom({ minStaleTime: 1, maxStaleTime: 3 }),
    };
    const options = fc.record(values, { requiredKeys: [], noNullPrototype: true });
    const remembering = new OptionsResolver(CACHE_DEFAULTS);
    fc.assert(
      fc.property(fc.array(options, { maxLength: 60 }), (list) => {
        for (const one of list) {
          expect(remembering.resolve(one)).toEqual(resolveOptions(one, CACHE_DEFAULTS));
        }
      }),
    );
    class Own {
      ttl = 60;
      get compress() {
        return true;
      }
    }
    remembering.resolve({ ttl: 60 });
    expect(remembering.resolve(new Own()).compress).toBe(true);
    expect(remembering.resolve({ ttl: 60 }).compress).toBe(false);
  });

  it('finds literals again by what they say', () => {
    const literal = (ttl: number): CacheOptions => ({ ttl, template: 'users:{id}' });
    expect(resolver.resolve(literal(7))).toBe(resolver.resolve(literal(7)));
    expect(resolver.resolve(literal(8)).ttlMs).toBe(8_000);
  });

  it('resolves what is constant once', () => {
    expect(isOnce(Object.freeze({ ttl: 60 }))).toBe(true);
    expect(isOnce(Object.freeze({ tags: Object.freeze(['a']) }))).toBe(true);
    expect(isOnce(Object.freeze({ tags: () => ['a'] }))).toBe(true);
    expect(resolver.resolve(undefined)).toBe(resolver.resolve(undefined));
    expect(resolver.resolve(undefined)).toEqual(resolver.resolve({}));
  });

  it('takes other defaults while it runs, for what it has seen before too', () => {
    const changing = new OptionsResolver(CACHE_DEFAULTS);
    const options = Object.freeze({ compress: true });
    changing.resolve(options);
    changing.setDefaults({ ...CACHE_DEFAULTS, ttlMs: 5_000 });
    expect(changing.defaults.ttlMs).toBe(5_000);
    expect(changing.resolve(options)).toMatchObject({ ttlMs: 5_000, compress: true });
    expect(changing.resolve(undefined).ttlMs).toBe(5_000);
  });

  it.each([null, 7, 'ttl', [7]])('refuses %j', (options) => {
    expect(() => resolver.resolve(options as never)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});
