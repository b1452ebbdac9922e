import { FakeClock } from '../../test/support/fake-clock.js';
import { CacheError } from '../errors/cache.error.js';
import { BreakerBoard, type BreakerNews } from './breaker-board.js';
import type { CircuitBreakerService } from './circuit-breaker.service.js';

const down = (): Promise<never> => Promise.reject(new CacheError('STORE_UNAVAILABLE', 'gone'));
const up = (): Promise<string> => Promise.resolve('ok');

function board() {
  const clock = new FakeClock();
  const news: string[] = [];
  const breakers = new BreakerBoard({
    threshold: 3,
    timeoutMs: 1_000,
    clock,
    onNews: (store: string, what: BreakerNews) => void news.push(`${store} ${what}`),
  });
  return { breakers, clock, news };
}

async function fail(breaker: CircuitBreakerService, times = 3): Promise<void> {
  for (let i = 0; i < times; i++) await breaker.run(down).catch(() => undefined);
}

describe('BreakerBoard', () => {
  it('counts failures in a row of one store, whatever others answer', async () => {
    const { breakers, news } = board();
    for (let i = 0; i < 3; i++) {
      await fail(breakers.of('a'), 1);
      await breakers.of('b').run(up);
    }
    expect([breakers.of('a').isOpen, breakers.of('b').isOpen]).toEqual([true, false]);
    expect(news).toEqual(['a open']);
  });

  it('has the worst state of all', async () => {
    const { breakers, clock } = board();
    expect(breakers.state).toBe('closed');
    breakers.of('b');
    await fail(breakers.of('a'));
    expect(breakers.state).toBe('open');
    clock.jump(1_000);
    let answer: (value: string) => void = () => undefined;
    const probe = breakers.of('a').run(() => new Promise<string>((resolve) => (answer = resolve)));
    expect(breakers.state).toBe('half-open');
    await fail(breakers.of('b'));
    expect(breakers.state).toBe('open');
    answer('ok');
    await probe;
    clock.jump(1_000);
    await breakers.of('b').run(up);
    expect(breakers.state).toBe('closed');
  });

  it('changes those that there are and those to come', async () => {
    const { breakers } = board();
    breakers.of('a');
    breakers.configure({ threshold: 1 });
    await fail(breakers.of('a'), 1);
    await fail(breakers.of('b'), 1);
    expect([breakers.of('a').isOpen, breakers.of('b').isOpen]).toEqual([true, true]);
    expect(() => breakers.configure({ threshold: 0, timeoutMs: 5 })).toThrow(/threshold/);
  });

  it('forgets a store that is down and that nobody asks any more', async () => {
    const { breakers, clock, news } = board();
    await fail(breakers.of('replaced'));
    clock.jump(9_999);
    expect(breakers.state).toBe('open');
    clock.jump(1);
    expect(breakers.state).toBe('closed');
    expect(news).toEqual(['replaced open', 'replaced gone']);
  });

  it('hears nothing more of a breaker that it has forgotten', async () => {
    const { breakers, clock, news } = board();
    await fail(breakers.of('a'));
    clock.jump(10_000);
    let refuse: (error: Error) => void = () => undefined;
    const probe = breakers.of('a').run(() => new Promise((_, reject) => (refuse = reject)));
    expect(breakers.state).toBe('closed');
    refuse(new Error('still down'));
    await expect(probe).rejects.toThrow('still down');
    expect(news).toEqual(['a open', 'a half-open', 'a gone']);
  });

  it('keeps a bounded number, those in trouble longest', async () => {
    const { breakers, news } = board();
    await fail(breakers.of('down'));
    for (let i = 0; i < 3_000; i++) breakers.of(`store-${i}`);
    expect(breakers.size).toBe(1_000);
    expect(breakers.of('down').isOpen).toBe(true);
    expect(news).toEqual(['down open']);
  });
});
