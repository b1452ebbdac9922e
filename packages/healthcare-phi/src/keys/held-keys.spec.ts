import { FakeClock } from '@vitalcache/testing';

import { HeldKeys } from './held-keys.js';

const owner = { tenant: 't', subject: 'p' };
const key = { id: 'k' };

describe(HeldKeys, () => {
  const clock = new FakeClock();
  const held = new HeldKeys<{ readonly id: string }>(clock);
  const both = () => [held.get('name'), held.last(owner)];

  beforeEach(() => held.set('name', owner, key));

  it('gives a key by its name, and to its very owner', () => {
    expect(both()).toEqual([key, key]);
    expect(held.last({ ...owner })).toBeUndefined();
  });

  it.each([undefined, owner, { ...owner, subject: null }])('has none of %j after a purge', (of) => {
    held.purge(of);
    expect(both()).toEqual([undefined, undefined]);
  });

  it('keeps those of others', () => {
    held.purge({ tenant: 't', subject: 'q' });
    expect(both()).toEqual([key, key]);
  });

  it.each([60_000, -1])('has none when the clock has moved by %d ms', (ms) => {
    clock.advance(ms);
    expect(held.last(owner)).toBeUndefined();
    expect(held.get('name')).toBeUndefined();
  });

  it('has none that had to make room', () => {
    for (let i = 0; i < 10_000; i++) held.set(`other ${i}`, { tenant: 't', subject: `${i}` }, key);
    expect(both()).toEqual([undefined, undefined]);
  });
});
