import { FakeClock } from '@vitalcache/testing';

import { AuditAlarmBell } from './audit-alarm.js';
import type { SignedCheckpoint } from './audit-checkpoint.js';
import { CheckpointCourier } from './checkpoint.courier.js';

const signed = (size: number): SignedCheckpoint =>
  ({ checkpoint: { chain: 'c', size }, signature: '' }) as unknown as SignedCheckpoint;

describe('CheckpointCourier', () => {
  it('delivers what comes in whichever step the one before was delivered', async () => {
    for (let steps = 0; steps < 12; steps++) {
      const sizes: number[] = [];
      const append = async ({ checkpoint: { size } }: SignedCheckpoint): Promise<void> => {
        sizes.push(size);
        if (size > 1) return;
        void (async () => {
          for (let i = 0; i < steps; i++) await Promise.resolve();
          courier.take(signed(2));
        })();
      };
      const anchor = { append, read: () => Promise.resolve([]) };
      const courier = new CheckpointCourier(anchor, new FakeClock(), new AuditAlarmBell(() => 0));
      courier.take(signed(1));
      await new Promise((resolve) => setImmediate(resolve));
      await courier.close();

      expect([steps, ...sizes]).toEqual([steps, 1, 2]);
    }
  });
});
