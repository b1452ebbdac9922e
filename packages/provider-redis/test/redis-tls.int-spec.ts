import { describeWithRedis } from '@vitalcache/testing';

import { RedisCacheProvider, RedisService, type RedisServiceOptions } from '../src/index.js';
import { hasOpenssl, tlsFront, type TlsFront } from './tls-front.js';

const describeOrSkip = hasOpenssl ? describe : describe.skip;

describeOrSkip('TLS (skipped without an openssl command)', () => {
  describeWithRedis('to a Redis behind a certificate', (store) => {
    let front: TlsFront;
    beforeAll(async () => {
      front = await tlsFront(Number(new URL(store().url).port));
    });
    afterAll(() => front.close());

    const attempt = async (options: RedisServiceOptions): Promise<unknown> => {
      const provider = new RedisCacheProvider(
        new RedisService({ connectTimeoutMs: 1_000, ...options }),
      );
      await provider.connect();
      const answer = await provider.get(`${store().prefix}:tls`).catch((error: unknown) => error);
      await provider.close();
      return answer;
    };

    it('connects when the CA file vouches for it, asking for the server by its name', async () => {
      const url = `rediss://localhost:${front.port}`;
      expect(await attempt({ url, tlsCaFile: front.caFile })).toBeNull();
      expect(front.names.at(-1)).toBe('localhost');
    });

    it('connects by address, too', async () => {
      const target = { host: '127.0.0.1', port: front.port, tls: true };
      expect(await attempt({ ...target, tlsCaFile: front.caFile })).toBeNull();
    });

    it('does not connect to a server that nobody vouches for', async () => {
      const answer = await attempt({ url: `rediss://localhost:${front.port}` });
      expect(answer).toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(String(answer)).toMatch(/SELF_SIGNED_CERT/);
    });

    it('does not connect without TLS', async () => {
      const answer = await attempt({
        url: `redis://localhost:${front.port}`,
        commandTimeoutMs: 500,
      });
      expect(answer).toMatchObject({ code: expect.stringMatching(/^STORE_/) as string });
    });
  });
});
