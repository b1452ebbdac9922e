import { once } from 'node:events';
import { createServer } from 'node:net';

import { freePorts } from './free-ports.js';

describe('freePorts', () => {
  it('gives different ports below those of outgoing connections, with room for a cluster bus', async () => {
    const ports = await freePorts(50);
    expect(new Set(ports).size).toBe(50);
    for (const port of ports) {
      expect(port).toBeGreaterThanOrEqual(12_000);
      expect(port + 10_000).toBeLessThan(32_768);
    }
  });

  it.each([0, 10_000])('does not give one that is taken (%d above it)', async (above) => {
    const numbers = [0.5, 0.5, 0.6];
    const random = (): number => numbers.shift() ?? 0;
    const taken = createServer().listen(16_000 + above, '127.0.0.1');
    await once(taken, 'listening');
    expect(await freePorts(1, random)).toEqual([16_800]);
    taken.close();
    await once(taken, 'close');
  });

  it('does not look for ever', async () => {
    await expect(freePorts(2, () => 0.25)).rejects.toThrow('no 2 free ports');
  });
});
