import { MemoryPressure } from './memory-pressure.js';

const MAX = 1_600;

function pressure(): { heapUsed: number; readonly memory: MemoryPressure } {
  const state = { heapUsed: 0 };
  const memory = new MemoryPressure({
    maxBytes: MAX,
    heapUsed: () => state.heapUsed,
    heapLimit: 100,
  });
  return Object.assign(state, { memory });
}

describe('MemoryPressure', () => {
  it('allows everything while memory is plenty', () => {
    const state = pressure();
    state.heapUsed = 85;
    expect(state.memory.allowedBytes(1_600)).toBe(MAX);
  });

  it('halves what is held each time that the heap is nearly full', () => {
    const state = pressure();
    state.heapUsed = 86;
    expect(state.memory.allowedBytes(1_000)).toBe(500);
    expect(state.memory.allowedBytes(500)).toBe(250);
    expect(state.memory.allowedBytes(0)).toBe(0);
  });

  it('allows more again little by little, up to the maximum', () => {
    const state = pressure();
    state.heapUsed = 90;
    state.memory.allowedBytes(400);
    state.heapUsed = 50;
    expect(state.memory.allowedBytes(200)).toBe(300);
    expect(state.memory.allowedBytes(200)).toBe(400);
    for (let i = 0; i < 20; i++) state.memory.allowedBytes(200);
    expect(state.memory.allowedBytes(200)).toBe(MAX);
  });

  it('stays where it is between the two marks', () => {
    const state = pressure();
    state.heapUsed = 90;
    state.memory.allowedBytes(400);
    state.heapUsed = 80;
    expect(state.memory.allowedBytes(200)).toBe(200);
  });

  it('asks the process if nobody else is given', () => {
    expect(new MemoryPressure({ maxBytes: MAX }).allowedBytes(0)).toBeGreaterThanOrEqual(0);
    expect(new MemoryPressure({ maxBytes: MAX, heapLimit: 1 }).allowedBytes(100)).toBe(50);
  });
});
