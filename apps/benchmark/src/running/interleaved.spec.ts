import type { Sample, Way } from '../scenarios/scenario.js';
import { interleaved } from './interleaved.js';

const way = (name: string, order: string[], check: () => void = () => undefined): Way => ({
  name,
  check: async () => check(),
  round: async (): Promise<Sample> => {
    order.push(name);
    return { value: order.length };
  },
  close: async () => undefined,
});
const quiet = (): void => undefined;

describe('interleaved', () => {
  it('lets the ways take turns, in an order that turns, and does not count the first round', async () => {
    const order: string[] = [];
    const results = await interleaved([way('a', order), way('b', order)], { rounds: 2 }, quiet);
    expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(results.map(({ samples }) => samples.map(({ value }) => value))).toEqual([
      [4, 5],
      [3, 6],
    ]);
  });

  it('times nothing of a way whose result is wrong, and goes on with the others', async () => {
    const order: string[] = [];
    const wrong = way('wrong', order, () => {
      throw new Error('it gave another value');
    });
    const results = await interleaved([wrong, way('right', order)], { rounds: 1 }, quiet);
    expect(results[0]).toMatchObject({ samples: [], failure: 'it gave another value' });
    expect(results[1]).toMatchObject({ failure: null });
    expect(order).toEqual(['right', 'right']);
  });

  it('begins no round when its time is over, once there are enough', async () => {
    const terms = { rounds: 9, wantedMs: 0 };
    const [result] = await interleaved([way('a', [])], terms, quiet);
    expect(result?.samples).toHaveLength(3);
  });
});
