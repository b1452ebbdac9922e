import { CacheService } from '../../src/service/cache.service.js';
import { MapProvider } from '../support/map.provider.js';

describe('a configuration', () => {
  it.each<[string, unknown]>([
    ['seconds where milliseconds are meant', { defaults: { ttl: 60 } }],
    ['an unknown isolation', { defaults: { isolation: 'bogus' } }],
    ['a negative time', { defaults: { staleIfErrorMs: -1 } }],
    ['no number', { defaults: { softTimeoutMs: NaN } }],
    ['a text as a time', { defaults: { ttlMs: '60' } }],
    ['null as a time', { defaults: { ttlMs: null } }],
    ['an unknown priority', { defaults: { priority: 'x' } }],
    ['null as defaults', { defaults: null }],
    ['a misspelt threshold', { breaker: { treshold: 5 } }],
    ['a threshold of 0', { breaker: { threshold: 0 } }],
    ['null as compression', { compression: null }],
    ['a word as a switch', { durable: 'yes' }],
    ['a logger without methods', { logger: {} }],
    ['null as a logger', { logger: null }],
    ['a number as key factory', { keyFactory: 5 }],
    ['a clock without time', { clock: {} }],
    ['a number as a source of randomness', { random: 5 }],
    ['a number as namespace', { namespace: 5 }],
    ['null as namespace', { namespace: null }],
    ['null among strategies', { strategies: [null] }],
    ['an object as strategies', { strategies: {} }],
    ['null among middleware', { middleware: [null] }],
    ['null among plugins', { plugins: [null] }],
    ['null among warmers', { warmers: [null] }],
    ['a number', 5],
    ['null', null],
  ])('is refused for %s', (_, config) => {
    expect(() => new CacheService(new MapProvider(), config as never)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
