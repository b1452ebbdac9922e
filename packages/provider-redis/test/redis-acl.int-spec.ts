import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describeWithRedis } from '@vitalcache/testing';

import { RedisCacheProvider, RedisService } from '../src/index.js';
import { doEverything } from './support/every-command.js';

const README = readFileSync(join(__dirname, '../README.md'), 'utf8');

describeWithRedis(
  'the ACL rule of the README',
  (store) => {
    const administrate = async (...[command, ...args]: [string, ...string[]]): Promise<void> => {
      const admin = new RedisService({ url: store().url });
      await admin.connect();
      await admin.client.call(command, ...args);
      await admin.close();
    };

    it('lets the provider do all that it does', async () => {
      const rule = /^ACL SETUSER cache .*$/m.exec(README)?.[0].split(' ') as [string, ...string[]];
      await administrate(...rule);
      const service = new RedisService({
        url: store().url,
        username: 'cache',
        password: 'password',
      });
      const provider = new RedisCacheProvider(service);
      await provider.connect();
      await doEverything(provider);
      await provider.close();
      await administrate('ACL', 'DELUSER', 'cache');
    });
  },
  { needs: ['restart'] },
);
