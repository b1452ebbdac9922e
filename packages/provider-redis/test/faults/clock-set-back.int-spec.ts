import { describeWithRedis } from '@vitalcache/testing';

import { RedisCacheProvider, RedisService } from '../../src/index.js';

const HOUR_US = 3_600_000_000;
const CONSTANTS = '1;x';

// What a server leaves behind whose clock was an hour ahead: records that are an hour in the future.
describeWithRedis('a server whose clock was set back', (store) => {
  let provider: RedisCacheProvider;
  beforeAll(() => {
    provider = new RedisCacheProvider(new RedisService({ url: store().url }));
  });
  afterAll(() => provider.close());

  const ahead = (): number => Date.now() * 1_000 + HOUR_US;

  it('goes on with stamps that rise by one', async () => {
    const log = provider.journal(`${store().prefix}-append`);
    const { record } = await log.open(CONSTANTS, ahead());
    const stamps = [record.stamp];
    for (let nonce = 1; nonce <= 3; nonce++) {
      stamps.push((await log.append({ kind: 'clear' }, nonce))?.stamp ?? 0);
    }
    expect(stamps).toEqual([0, 1, 2, 3].map((n) => record.stamp + n));
    const { records } = await log.read(record.stamp, 10);
    expect(records.map(({ previous }) => previous?.stamp)).toEqual(stamps.slice(0, 3));
  });

  it('begins the next epoch later than all that there was', async () => {
    const log = provider.journal(`${store().prefix}-epoch`);
    const { record } = await log.open(CONSTANTS, ahead());
    const last = await log.append({ kind: 'clear' }, 1);
    const next = await log.advanceEpoch(record.epoch, CONSTANTS, 0);
    expect(next.record.stamp).toBe((last?.stamp ?? 0) + 1);
    expect(next.record.epoch.stamp).toBe(next.record.stamp);
  });

  it('that lost its journal, too, begins later than the process that notices was', async () => {
    const namespace = `${store().prefix}-lost`;
    const log = provider.journal(namespace);
    const { record } = await log.open(CONSTANTS, ahead());
    await store().flush();
    const next = await log.advanceEpoch(record.epoch, CONSTANTS, record.stamp + 1);
    expect(next.record.stamp).toBe(record.stamp + 1);
  });
});
