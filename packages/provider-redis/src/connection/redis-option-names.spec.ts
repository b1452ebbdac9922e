import { RedisService } from '../redis.service.js';

const node = { host: 'a', port: 1 };

describe('RedisService', () => {
  it.each<[object, string]>([
    [{ hots: 'a' }, 'The service has no hots (did you mean host?)'],
    [{ tsl: true }, 'The service has no tsl'],
    [{ shards: [node, { ...node, passwrd: 'x' }] }, 'shards[1] has no passwrd (did you mean'],
    [{ sentinels: { nodes: [node], nam: 'm' } }, 'sentinels has no nam (did you mean name?)'],
    [{ durability: { replica: 1 } }, 'durability has no replica (did you mean replicas?)'],
    [{ tuning: { isBatch: false } }, 'tuning has no isBatch'],
    ['redis://a' as never, 'The service takes an object of options; got string.'],
  ])('refuses %j', (options, message) => {
    expect(() => new RedisService(options)).toThrow(message);
  });
});
