import { describeWithReplicaPair } from '../src/index.js';
import { withRedis } from '../src/stores/redis-client.js';

describeWithReplicaPair('a replica pair', (pair) => {
  const get = (url: string, key: string): Promise<string | null> =>
    withRedis(url, (client) => client.get(key));
  const set = (url: string, key: string): Promise<unknown> =>
    withRedis(url, (client) => client.set(key, 'x'));

  it('has what was written to the primary once it is in sync, and takes no writes', async () => {
    const { primary, replica } = pair();
    await set(primary.url, 'a');
    await pair().inSync();
    expect(await get(replica.url, 'a')).toBe('x');
    await expect(set(replica.url, 'b')).rejects.toThrow('READONLY');
  });

  it('stays a replica through a restart, and so does the other one a primary', async () => {
    const { primary, replica } = pair();
    await replica.restart({ keepData: true });
    await primary.restart({ keepData: true });
    await pair().inSync();
    expect(await get(replica.url, 'a')).toBe('x');
    await expect(set(replica.url, 'b')).rejects.toThrow('READONLY');
  });

  it('goes on after the primary is killed, once promoted', async () => {
    const { primary, replica } = pair();
    await primary.kill();
    expect(await get(replica.url, 'a')).toBe('x');
    await pair().promote(replica);
    await set(replica.url, 'b');
    await primary.start();
    expect(await get(primary.url, 'b')).toBeNull();
  });
});
