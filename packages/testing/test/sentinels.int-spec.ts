import { describeWithSentinels, until } from '../src/index.js';
import { withRedis } from '../src/stores/redis-client.js';

describeWithSentinels('a Sentinel trio', (trio) => {
  const roleOf = (url: string): Promise<unknown> =>
    withRedis(url, async (client) => (await client.role())[0]);

  it('names the primary, with every sentinel in sight of all', async () => {
    expect(trio().nodes).toHaveLength(3);
    expect(trio().sentinels).toHaveLength(3);
    const primary = await trio().primary();
    expect(primary).toBe(trio().nodes[0]);
    expect(await roleOf(primary.url)).toBe('master');
    for (const { host, port } of trio().sentinels) {
      const answer = await withRedis(`redis://${host}:${port}`, (client) =>
        client.call('SENTINEL', 'CKQUORUM', trio().name),
      );
      expect(answer).toMatch(/^OK 3 usable Sentinels/);
      const seen = await withRedis(`redis://${host}:${port}`, (client) =>
        client.call('SENTINEL', 'MASTER', trio().name),
      );
      expect(String(seen)).toContain('quorum,2');
    }
  });

  it('fails over when told to', async () => {
    const before = await trio().primary();
    await trio().failover();
    const after = await trio().primary();
    expect(after).not.toBe(before);
    expect(await roleOf(after.url)).toBe('master');
    expect(await roleOf(before.url)).toBe('slave');
  }, 30_000);

  it('fails over when the primary is killed, and takes it back as a replica', async () => {
    const dead = await trio().primary();
    await withRedis(dead.url, (client) => client.set('kept', 'x'));
    await dead.kill();
    await trio().settled();
    const heir = await trio().primary();
    expect(heir).not.toBe(dead);
    expect(await withRedis(heir.url, (client) => client.get('kept'))).toBe('x');
    await dead.start();
    await trio().settled();
    expect(await roleOf(dead.url)).toBe('slave');
  }, 60_000);

  it('fails over when the primary hangs', async () => {
    const hung = await trio().primary();
    await hung.pause();
    await trio().settled();
    expect(await trio().primary()).not.toBe(hung);
    await hung.resume();
    await trio().settled();
  }, 60_000);

  it('does without a sentinel, but not without two', async () => {
    const [first, second] = trio().sentinels;
    await first?.kill();
    const dead = await trio().primary();
    await dead.kill();
    await trio().settled();
    await dead.start();
    await second?.pause();
    const alone = await trio().primary();
    await alone.kill();
    await expect(trio().settled(3_000)).rejects.toThrow('not within');
    await second?.resume();
    await first?.start();
    await trio().settled();
    await alone.start();
    await until('all are back', async () => trio().nodes.every(({ isServing }) => isServing));
    await trio().settled();
  }, 60_000);
});
