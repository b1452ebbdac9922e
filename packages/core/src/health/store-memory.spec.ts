import { totalmem } from 'node:os';

import { memoryOf } from './store-memory.js';

describe('memoryOf', () => {
  const EMBEDDED = { connected: true, memoryBytes: 95, maxBytes: 100, pool: { busy: 0, open: 0 } };

  beforeEach(() => {
    jest.spyOn(process.memoryUsage, 'rss').mockReturnValue(7_000);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it("is the server's for a store with connections", () => {
    const status = { ...EMBEDDED, pool: { busy: 0, open: 1 } };
    expect(memoryOf(status)).toEqual({ usedBytes: 95, maxBytes: 100 });
  });

  it("is this process's for a store without, within what the process may have", () => {
    const limit = jest.spyOn(process, 'constrainedMemory').mockReturnValue(9_000);
    expect(memoryOf(EMBEDDED)).toEqual({ usedBytes: 7_000, maxBytes: 9_000 });
    for (const none of [0, 2 ** 64]) {
      limit.mockReturnValue(none);
      expect(memoryOf(EMBEDDED).maxBytes).toBe(totalmem());
    }
  });

  it('is 0 when a server does not say, not that of this process', () => {
    const silent = { ...EMBEDDED, memoryBytes: null, maxBytes: null };
    const away = { ...silent, connected: false };
    const mute = { ...silent, pool: { busy: 0, open: 1 } };
    for (const status of [away, mute]) {
      expect(memoryOf(status)).toEqual({ usedBytes: 0, maxBytes: null });
    }
  });
});
