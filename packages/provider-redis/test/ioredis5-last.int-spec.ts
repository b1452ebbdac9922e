import { Redis } from 'ioredis5-last';

import { describeClient } from './support/describe-client.js';

jest.mock('ioredis', () => jest.requireActual<object>('ioredis5-last'));

it('is ioredis 5.11.x, the newest line of 5 that is accepted', () => {
  const { version } = jest.requireActual<{ version: string }>('ioredis5-last/package.json');
  expect(version).toMatch(/^5\.11\./);
});

describeClient(Redis);
