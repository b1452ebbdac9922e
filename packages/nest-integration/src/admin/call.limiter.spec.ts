import { callerOf, CallLimiter } from './call.limiter.js';

describe('CallLimiter', () => {
  it('lets so many through at once, and as many again within each minute', () => {
    let now = 0;
    const limiter = new CallLimiter(3, () => now);
    const take = () => limiter.take('a');
    expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 20]);
    now = 20_000;
    expect([take(), take()]).toEqual([0, 20]);
    now = 10 * 60_000;
    expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 20]);
  });

  it('counts callers apart, and keeps a bounded number of them', () => {
    const limiter = new CallLimiter(1, () => 0);
    for (let at = 0; at < 5_000; at++) expect(limiter.take(`caller ${at}`)).toBe(0);
    expect(limiter.size).toBe(1_000);
    expect(limiter.take('caller 4999')).toBe(60);
  });
});

describe('callerOf', () => {
  it.each([
    [undefined, 'unknown'],
    ['10.0.0.7', '10.0.0.7'],
    ['::ffff:10.0.0.7', '::ffff:10.0.0.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('counts %s as %s', (address, caller) => {
    expect(callerOf(address)).toBe(caller);
  });
});
