import { DragonflyService } from './dragonfly.service.js';

describe('DragonflyService', () => {
  it('refuses records on a disk, and says what is there instead', () => {
    expect(() => new DragonflyService({ durability: { aof: true, replicas: 1 } })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/durability\.aof.*durability\.replicas.*provider-redis/),
      }),
    );
  });

  it('takes replicas that records must reach', () => {
    const service = new DragonflyService({ durability: { replicas: 2 } });
    expect(service.settings.durability).toEqual({ replicas: 2, aof: false });
  });

  it('refuses what RedisService refuses', () => {
    expect(() => new DragonflyService({ url: 'redis://a', host: 'b' })).toThrow('url and host');
  });

  it('tells of its servers as Dragonfly, of their errors as of any server', async () => {
    const lines: string[] = [];
    const service = new DragonflyService({
      host: '127.0.0.1',
      port: 1,
      onStateChange: (line) => lines.push(line),
    });
    await service.connect();
    const error: unknown = await service
      .get('any', false)
      .catch((reason: unknown) => reason)
      .finally(() => service.close());
    expect(lines).toEqual(['Dragonfly 127.0.0.1:1/0: not reachable (ECONNREFUSED), trying again']);
    expect(String(error)).toContain('no connection to the server (ECONNREFUSED)');
  });
});
