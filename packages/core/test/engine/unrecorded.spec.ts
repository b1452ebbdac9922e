import { CacheError } from '../../src/errors/cache.error.js';
import type { IJournalLog } from '../../src/journal/journal-log.js';
import { Fleet } from '../support/fleet.js';
import { polledLog } from '../support/polled-journal.log.js';

describe('a store that answers and takes no records', () => {
  let fleet: Fleet;

  beforeEach(() => (fleet = new Fleet()));
  afterEach(() => fleet.close());

  it('is said with the reason when it begins, and when it is over', async () => {
    const lines: string[] = [];
    const say = (line: string): void => void lines.push(line);
    const view = polledLog(fleet.store.log);
    let isFull = true;
    const append: IJournalLog['append'] = (...args) =>
      isFull
        ? Promise.reject(new CacheError('STORE_REFUSED', 'It is full.'))
        : view.append(...args);
    const logger = { debug: say, log: say, warn: say, error: say };
    const cache = await fleet.join({ logger }, { ...view, append });
    lines.splice(0);

    for (let i = 0; i < 2; i++) {
      const invalidating = cache.invalidateCache('users:7');
      await fleet.clock.advance(2_000);
      expect(await invalidating).toMatchObject({ recorded: false, queued: true });
    }
    expect(lines).toEqual([
      'The store takes no invalidations: they are queued, and other processes may serve what they cover. (STORE_REFUSED: It is full.)',
    ]);

    isFull = false;
    await fleet.clock.advance(2_000);
    expect(lines.slice(1)).toEqual(['The store takes invalidations again.']);
  });
});
