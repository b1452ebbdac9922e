import fc from 'fast-check';

import { formatAddress, parseAddress, parseAddresses, reachable } from './address.js';

describe('parseAddress', () => {
  it.each([
    ['cache:6379', { host: 'cache', port: 6379 }],
    ['10.0.0.1:1', { host: '10.0.0.1', port: 1 }],
    ['cache-2.internal:65535', { host: 'cache-2.internal', port: 65_535 }],
    ['[::1]:7000', { host: '::1', port: 7000 }],
  ])('takes %s apart', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each([
    '',
    'cache',
    ':6379',
    'cache:',
    'cache:0',
    'cache:65536',
    'cache:6379x',
    'cache:123456',
    '::1:6379',
    'a b:6379',
    'user@cache:6379',
    'redis://cache:6379',
    'cache:6379/0',
  ])('takes %j for no address', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it('always reads what formatAddress wrote', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(fc.record({ host, port }), (address) => {
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });
});

describe('parseAddresses', () => {
  it('reads a list, blanks around the commas included', () => {
    expect(parseAddresses('a:1, [::1]:2 ,c:3')).toEqual([
      { host: 'a', port: 1 },
      { host: '::1', port: 2 },
      { host: 'c', port: 3 },
    ]);
  });

  it.each(['', 'a:1,', 'a:1,,b:2', 'a:1;b:2', 'a:1,b'])('refuses all of %j', (text) => {
    expect(parseAddresses(text)).toBeNull();
  });
});

describe('reachable', () => {
  it('replaces an announced address that the map names, and no other', () => {
    const map = { '10.0.0.1:6379': { host: 'localhost', port: 7001 } };
    expect(reachable({ host: '10.0.0.1', port: 6379 }, map)).toEqual({
      host: 'localhost',
      port: 7001,
    });
    const other = { host: '10.0.0.1', port: 6380 };
    expect(reachable(other, map)).toBe(other);
  });
});
