import { parseClusterSlots } from './cluster-slots.js';

const node = (host: unknown, port: unknown, ...more: unknown[]): unknown[] => [
  host,
  port,
  '09dbe9720cda62f7865eabc5fd8857c5d2678366',
  ...more,
];

describe('parseClusterSlots', () => {
  it('reads each range with its primary, and leaves the replicas out', () => {
    const reply = [
      [0, 5460, node('10.0.0.1', 7000), node('10.0.0.4', 7003)],
      [5461, 16_383, node('::1', 7001, ['hostname', 'cache-2'])],
    ];
    expect(parseClusterSlots(reply)).toEqual([
      { from: 0, to: 5460, primary: { host: '10.0.0.1', port: 7000 } },
      { from: 5461, to: 16_383, primary: { host: '::1', port: 7001 } },
    ]);
  });

  it.each([
    ['null, as Redis 7 does', node(null, 7000)],
    ['empty, as Redis 6 does', node('', 7000)],
    ['a question mark, for want of a name', node('?', 7000)],
    ['there, but no port', node('10.0.0.1', 0)],
    ['missing with all of the node', undefined],
  ])('takes the node that was asked where the endpoint is %s', (_, primary) => {
    expect(parseClusterSlots([[0, 16_383, primary]])).toEqual([
      { from: 0, to: 16_383, primary: null },
    ]);
  });

  it('leaves out what is no range', () => {
    const reply = ['x', null, [], [0], ['0', '5', node('a', 1)], [3, 4, node('b', 2)]];
    expect(parseClusterSlots(reply)).toEqual([{ from: 3, to: 4, primary: { host: 'b', port: 2 } }]);
  });

  it.each([null, undefined, 'OK', 7, {}, []])('finds nothing in %j', (reply) => {
    expect(parseClusterSlots(reply)).toEqual([]);
  });
});
