import { Redis } from 'ioredis5-first';

import { describeClient } from './support/describe-client.js';

jest.mock('ioredis', () => jest.requireActual<object>('ioredis5-first'));

it('is ioredis 5.4.x, the oldest line of 5 that is accepted', () => {
  const { version } = jest.requireActual<{ version: string }>('ioredis5-first/package.json');
  expect(version).toMatch(/^5\.4\./);
});

describeClient(Redis);
