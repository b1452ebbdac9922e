import fc from 'fast-check';

import { FakeClock, settle } from '../../test/support/fake-clock.js';
import { CacheError } from '../errors/cache.error.js';
import {
  BreakerOpenError,
  CircuitBreakerService,
  type BreakerState,
  type CircuitBreakerOptions,
} from './circuit-breaker.service.js';

const down = (): Promise<never> => Promise.reject(new CacheError('STORE_UNAVAILABLE', 'gone'));
const up = (): Promise<string> => Promise.resolve('ok');

function breaking(options: CircuitBreakerOptions = {}) {
  const clock = new FakeClock();
  const states: BreakerState[] = [];
  const breaker = new CircuitBreakerService({
    threshold: 3,
    timeoutMs: 1_000,
    clock,
    onStateChange: (state) => void states.push(state),
    ...options,
  });
  const fail = async (times = 3): Promise<void> => {
    for (let i = 0; i < times; i++) await breaker.run(down).catch(() => undefined);
  };
  return { breaker, clock, states, fail };
}

describe('CircuitBreakerService', () => {
  it('stays usable when the call that is to tell never settles', async () => {
    const { breaker, clock, fail } = breaking();
    await fail();
    clock.jump(1_000);
    const probe = breaker.run(() => new Promise(() => undefined));
    probe.catch(() => undefined);
    expect(breaker.state).toBe('half-open');
    await clock.advance(1_000);
    await expect(probe).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
    expect(breaker.state).toBe('open');
    await clock.advance(1_000);
    await expect(breaker.run(up)).resolves.toBe('ok');
    expect(breaker.state).toBe('closed');
  });

  it('lets exactly one call through when it is half-open, and refuses others meanwhile', async () => {
    const { breaker, clock, fail } = breaking();
    await fail();
    clock.jump(1_000);
    let answer: (value: string) => void = () => undefined;
    const work = jest.fn(() => new Promise<string>((resolve) => (answer = resolve)));
    expect(breaker.isOpen).toBe(false);
    const calls = Array.from({ length: 20 }, () => breaker.run(work));
    expect(breaker.isOpen).toBe(true);
    const refused = Promise.allSettled(calls.slice(1));
    expect((await refused).every(({ status }) => status === 'rejected')).toBe(true);
    answer('back');
    await expect(calls[0]).resolves.toBe('back');
    expect(work).toHaveBeenCalledTimes(1);
    expect(breaker.isOpen).toBe(false);
  });

  it('does not let the one call through twice when it comes back to the breaker', async () => {
    const { breaker, clock, fail } = breaking();
    await fail();
    clock.jump(1_000);
    const inner = jest.fn(up);
    await expect(breaker.run(() => breaker.run(inner))).rejects.toBeInstanceOf(BreakerOpenError);
    expect(inner).not.toHaveBeenCalled();
  });

  it('opens after failures in a row and then calls nothing', async () => {
    const { breaker, states, fail } = breaking();
    await fail(2);
    await breaker.run(up);
    await fail(2);
    expect(breaker.state).toBe('closed');
    await fail(1);
    expect(breaker).toMatchObject({ state: 'open', isOpen: true });
    const work = jest.fn(up);
    await expect(breaker.run(work)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(work).not.toHaveBeenCalled();
    expect(states).toEqual(['open']);
  });

  it('opens anew for the whole timeout when the one call fails', async () => {
    const { breaker, clock, states, fail } = breaking();
    await fail();
    clock.jump(1_000);
    await fail(1);
    clock.jump(999);
    expect(breaker.isOpen).toBe(true);
    clock.jump(1);
    await breaker.run(up);
    expect(states).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
  });

  it('opens again only after failures in a row once it has closed', async () => {
    const { breaker, clock, fail } = breaking();
    await fail();
    clock.jump(1_000);
    await breaker.run(up);
    await fail(2);
    expect(breaker.state).toBe('closed');
  });

  it('takes what the store refused for an answer, half-open too', async () => {
    const { breaker, clock, fail } = breaking();
    const refuse = (): Promise<never> => Promise.reject(new CacheError('STORE_REFUSED', 'no'));
    for (let i = 0; i < 10; i++) {
      await expect(breaker.run(refuse)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
    }
    expect(breaker.state).toBe('closed');
    await fail();
    clock.jump(1_000);
    await expect(breaker.run(refuse)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
    expect(breaker.state).toBe('closed');
  });

  it.each<[string, () => Promise<never>]>([
    ['a timeout', () => Promise.reject(new CacheError('STORE_TIMEOUT', 'late'))],
    ['a foreign error', () => Promise.reject(new TypeError('x is not a function'))],
    [
      'a synchronous throw',
      () => {
        throw new Error('at once');
      },
    ],
  ])('counts %s', async (_what, work) => {
    const { breaker } = breaking();
    for (let i = 0; i < 3; i++) await breaker.run(work).catch(() => undefined);
    expect(breaker.state).toBe('open');
  });

  it('hears no late failure of a call from before it opened', async () => {
    const { breaker, clock, fail } = breaking();
    let failLate: (error: unknown) => void = () => undefined;
    const late = breaker.run(() => new Promise((_resolve, reject) => (failLate = reject)));
    late.catch(() => undefined);
    await fail();
    clock.jump(1_000);
    let answer: (value: string) => void = () => undefined;
    const probe = breaker.run(() => new Promise<string>((resolve) => (answer = resolve)));
    failLate(new Error('socket closed'));
    await settle();
    expect(breaker.state).toBe('half-open');
    answer('ok');
    await probe;
    expect(breaker.state).toBe('closed');
  });

  it('follows the injected clock alone, also when it is set back', async () => {
    const machine = jest.spyOn(Date, 'now');
    const { breaker, clock, fail } = breaking();
    await fail();
    machine.mockReturnValue(Number.MAX_SAFE_INTEGER);
    expect(breaker.isOpen).toBe(true);
    await expect(breaker.run(up)).rejects.toBeInstanceOf(BreakerOpenError);
    machine.mockReturnValue(0);
    clock.jump(1_000);
    await expect(breaker.run(up)).resolves.toBe('ok');
    machine.mockRestore();
    await fail();
    clock.jump(-86_400_000);
    await expect(breaker.run(up)).resolves.toBe('ok');
  });

  it('changes threshold and timeout while it runs', async () => {
    const { breaker, clock, fail } = breaking({ threshold: 10 });
    await fail(2);
    breaker.configure({ threshold: 3 });
    await fail(1);
    expect(breaker.state).toBe('open');
    breaker.configure({ timeoutMs: 5_000 });
    clock.jump(4_999);
    expect(breaker.isOpen).toBe(true);
    breaker.configure({ timeoutMs: 100 });
    expect(breaker.isOpen).toBe(false);
    expect(() => breaker.configure({ timeoutMs: 50, threshold: 0 })).toThrow(
      "The circuit breaker's threshold is 0; accepted: a whole number from 1 to 100000.",
    );
  });

  it('survives a listener that throws', async () => {
    const { breaker, fail } = breaking({
      onStateChange: () => {
        throw new Error('the logger is broken');
      },
    });
    await fail();
    expect(breaker.state).toBe('open');
  });

  it.each([0, 1.5, NaN, 100_001])('refuses a threshold of %d', (threshold) => {
    expect(() => new CircuitBreakerService({ threshold })).toThrow(/threshold is .*; accepted/);
  });

  it('refuses what there is no option of', () => {
    expect(() => new CircuitBreakerService({ treshold: 5 } as object)).toThrow(
      'CircuitBreakerService has no treshold (did you mean threshold?)',
    );
  });

  it('always comes back once the store answers, whatever happened before', async () => {
    const step = fc.constantFrom('fail', 'wait', 'answer', 'refuse', 'hang');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { breaker, clock, fail } = breaking();
        for (const what of steps) {
          if (what === 'fail') await fail(1);
          else if (what === 'wait') await clock.advance(400);
          else {
            const hang = (): Promise<string> => new Promise(() => undefined);
            const refuse = () => Promise.reject(new CacheError('STORE_REFUSED', 'no'));
            const work = { hang, refuse, answer: up }[what];
            void breaker.run(work).catch(() => undefined);
            await Promise.resolve();
          }
        }
        await clock.advance(2_000);
        expect(await breaker.run(up)).toBe('ok');
        expect(breaker.state).toBe('closed');
      }),
      { numRuns: 200 },
    );
  });
});
