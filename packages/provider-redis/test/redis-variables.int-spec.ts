import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeWithRedis, startRedis, type TestStore } from '@vitalcache/testing';

import { admin } from './faults/admin.js';
import { withProvider } from './support/from-environment.js';
import { bytes, cacheClients, portOf, rejection } from './support/server-watch.js';
import { hasOpenssl, tlsFront, type TlsFront } from './tls-front.js';

const SECRET = 'hunter2';
const describeOrSkip = hasOpenssl ? describe : describe.skip;

describeWithRedis(
  'the variables that say where Redis is',
  (store) => {
    const key = 'where';
    const address = () => ({ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(portOf(store())) });
    const withPassword = (): string => store().url.replace('redis://', `redis://:${SECRET}@`);
    const setPassword = async (): Promise<void> => {
      await admin(store().url, 'CONFIG', 'SET', 'requirepass', SECRET);
    };
    afterEach(async () => {
      await admin(withPassword(), 'CONFIG', 'SET', 'requirepass', '').catch(() => undefined);
      await store().flush();
    });

    it('REDIS_HOST and REDIS_PORT: what is stored is found there', async () => {
      await withProvider(address(), (provider) => provider.set(key, bytes('x'), 60_000));
      expect(await admin(store().url, 'GET', key)).toBe('x');
    });

    it('REDIS_DB: it is in that database and no other', async () => {
      const env = { ...address(), REDIS_DB: '3' };
      await withProvider(env, (provider) => provider.set(key, bytes('x'), 60_000));
      expect(await admin(`${store().url}/3`, 'GET', key)).toBe('x');
      expect(await admin(store().url, 'GET', key)).toBeNull();
    });

    it('REDIS_PASSWORD: nothing works without it or with another, and nobody repeats it', async () => {
      await setPassword();
      const get = (env: object): Promise<unknown> =>
        withProvider({ ...address(), ...env }, (provider, { lines }) =>
          provider.get(key).catch((error: Error) => `${error.message} ${lines.join()}`),
        );
      expect(await get({ REDIS_PASSWORD: SECRET })).toBeNull();
      expect(await get({})).toMatch(/NOAUTH/);
      const refusal = await get({ REDIS_PASSWORD: `${SECRET}-no-more` });
      expect(refusal).toMatch(/WRONGPASS/);
      expect(refusal).not.toContain(SECRET);
    });

    it('REDIS_PASSWORD_FILE and REDIS_URL_FILE: read from where they point', async () => {
      await setPassword();
      const folder = mkdtempSync(join(tmpdir(), 'vitalcache-'));
      const [password, url] = [join(folder, 'password'), join(folder, 'url')];
      writeFileSync(password, `${SECRET}\n`);
      writeFileSync(url, `${withPassword()}/1\n`);
      for (const env of [
        { ...address(), REDIS_PASSWORD_FILE: password },
        { REDIS_URL_FILE: url },
      ]) {
        expect(await withProvider(env, (provider) => provider.get(key))).toBeNull();
      }
      rmSync(folder, { recursive: true });
    });

    it('REDIS_USERNAME: the server sees that user', async () => {
      await admin(store().url, 'ACL', 'SETUSER', 'app', 'on', `>${SECRET}`, '~*', '+@all');
      const env = { ...address(), REDIS_USERNAME: 'app', REDIS_PASSWORD: SECRET };
      await withProvider(env, async (provider) => {
        await provider.get(key);
        const clients = await cacheClients(store().url);
        expect(clients.map(({ user }) => user)).toEqual(['app']);
      });
    });

    it('REDIS_URL: all of it at once', async () => {
      await admin(store().url, 'ACL', 'SETUSER', 'app', 'on', `>${SECRET}`, '~*', '+@all');
      const url = `redis://app:${SECRET}@127.0.0.1:${portOf(store())}/2`;
      await withProvider({ REDIS_URL: url }, async (provider) => {
        await provider.set(key, bytes('x'), 60_000);
        const [client] = await cacheClients(store().url);
        expect(client).toMatchObject({ user: 'app', db: '2' });
      });
    });

    describeOrSkip('TLS (skipped without an openssl command)', () => {
      let front: TlsFront;
      beforeAll(async () => {
        front = await tlsFront(portOf(store()));
      });
      afterAll(() => front.close());
      const get = (env: object): Promise<unknown> =>
        withProvider(
          { CACHE_CONNECTION_TIMEOUT: '1000', CACHE_COMMAND_TIMEOUT: '500', ...env },
          (provider) => provider.get(key).catch((error: Error) => error.message),
        );

      it('REDIS_TLS and REDIS_TLS_CA_FILE: encrypted, to a server that the file vouches for', async () => {
        const env = { REDIS_HOST: 'localhost', REDIS_PORT: String(front.port), REDIS_TLS: 'true' };
        expect(await get({ ...env, REDIS_TLS_CA_FILE: front.caFile })).toBeNull();
        expect(front.names.at(-1)).toBe('localhost');
        expect(await get(env)).toMatch(/SELF_SIGNED_CERT/);
        expect(await get({ ...env, REDIS_TLS: 'false' })).toMatch(/connection|answer/);
      });

      it('REDIS_URL: rediss:// is encrypted as well', async () => {
        const env = {
          REDIS_URL: `rediss://localhost:${front.port}`,
          REDIS_TLS_CA_FILE: front.caFile,
        };
        expect(await get(env)).toBeNull();
      });
    });

    describe('CACHE_SHARDS', () => {
      let other: TestStore;
      beforeAll(async () => {
        other = await startRedis();
      });
      afterAll(() => other.stop());
      const keys = Array.from({ length: 800 }, (_, i) => `users:${i}`);
      const shards = (...weights: number[]): string =>
        JSON.stringify(
          [store(), other].map((one, i) => ({
            host: '127.0.0.1',
            port: portOf(one),
            name: `shard-${i}`,
            weight: weights[i],
          })),
        );
      const fill = (env: object): Promise<unknown> =>
        withProvider({ ...address(), ...env }, async (provider, { settings }) => {
          const items = keys.map((one) => ({ key: one, value: bytes(one), ttlMs: 60_000 }));
          await provider.setMany(items);
          expect(await provider.getMany(keys)).toEqual(keys.map(bytes));
          return settings.warnings;
        });
      const sizes = (): Promise<unknown[]> =>
        Promise.all([store(), other].map(({ url }) => admin(url, 'DBSIZE')));
      afterEach(() => other.flush());

      it('spreads the keys by weight, and finds them again', async () => {
        await fill({ CACHE_SHARDS: shards(1, 3) });
        const [one, two] = (await sizes()) as [number, number];
        expect(one + two).toBe(keys.length);
        expect(two / one).toBeGreaterThan(2.2);
        expect(two / one).toBeLessThan(4);
      });

      it('takes what a shard lacks from the variables of the provider', async () => {
        await setPassword();
        const env = { CACHE_SHARDS: shards(1, 1), REDIS_PASSWORD: SECRET, REDIS_DB: '5' };
        const refused = await rejection(fill({ ...env, REDIS_PASSWORD: '' }));
        expect(refused.message).toContain('NOAUTH');
        await admin(other.url, 'CONFIG', 'SET', 'requirepass', SECRET);
        await fill(env);
        const size = await admin(`${withPassword()}/5`, 'DBSIZE');
        expect(size).toBeGreaterThan(300);
        const otherUrl = other.url.replace('redis://', `redis://:${SECRET}@`);
        await admin(otherUrl, 'CONFIG', 'SET', 'requirepass', '');
      });

      it('CACHE_SHARDING_ENABLED=false: ignores them, with one warning', async () => {
        const env = { CACHE_SHARDS: shards(1, 3), CACHE_SHARDING_ENABLED: 'false' };
        const warnings = await fill(env);
        expect(warnings).toEqual([expect.stringMatching(/CACHE_SHARDS is set but without effect/)]);
        expect(await sizes()).toEqual([keys.length, 0]);
      });

      it('CACHE_SHARDING_ENABLED without CACHE_SHARDS has no effect and is no error', async () => {
        expect(await fill({ CACHE_SHARDING_ENABLED: 'true' })).toEqual([]);
        expect(await sizes()).toEqual([keys.length, 0]);
      });
    });
  },
  { needs: ['restart'] },
);
