import { randomBytes } from 'node:crypto';

import { AwsKmsProvider } from '../src/keys/providers/aws-kms.provider.js';
import type { WrapContext } from '../src/keys/providers/key-provider.js';
import { kmsFake } from './support/kms-fake.js';
import { Loopback, type LoopbackAnswer, type LoopbackRequest } from './support/loopback.js';

const CONTEXT: WrapContext = { tenant: 'pseudonym', epoch: 100, purpose: 'tek' };
const RAW = randomBytes(32);

const error = (type: string, status = 400): LoopbackAnswer => ({
  status,
  body: { __type: type, message: `about ${RAW.toString('base64')} and SECRET` },
});

describe('AwsKmsProvider', () => {
  let server: Loopback;
  let provider: AwsKmsProvider;
  const before = { ...process.env };
  beforeAll(async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIDTEST';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'TEST-SECRET';
    server = await Loopback.start();
    provider = new AwsKmsProvider({
      keyId: 'alias/cache',
      region: 'eu-central-1',
      endpoint: server.url,
      timeoutMs: 600,
    });
  });
  afterAll(async () => {
    process.env = before;
    await server.stop();
  });
  beforeEach(() => {
    server.requests.length = 0;
    server.answer = kmsFake;
  });

  it('unwraps what it wrapped, with tenant, epoch and purpose as the encryption context', async () => {
    const wrapped = await provider.wrap(RAW, CONTEXT);
    expect(await provider.unwrap(wrapped, CONTEXT)).toEqual(RAW);
    const [wrap, unwrap] = server.requests as [LoopbackRequest, LoopbackRequest];
    const context = { app: 'vitalcache', tenant: 'pseudonym', epoch: '100', purpose: 'tek' };
    expect(wrap.body).toMatchObject({ KeyId: 'alias/cache', EncryptionContext: context });
    expect(unwrap.body).toMatchObject({ EncryptionContext: context });
    expect(wrap.headers['authorization']).toContain('AWS4-HMAC-SHA256');
    expect(await provider.health()).toEqual({ isUsable: true, reason: '' });
  });

  it('refuses a key that was wrapped in another context', async () => {
    const wrapped = await provider.wrap(RAW, CONTEXT);
    const unwrapped = provider.unwrap(wrapped, { ...CONTEXT, tenant: 'other' });
    await expect(unwrapped).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  });

  it.each(['NotFoundException', 'DisabledException', 'KMSInvalidStateException'])(
    'takes a key that is gone (%s) for destroyed',
    async (type) => {
      const wrapped = await provider.wrap(RAW, CONTEXT);
      server.answer = () => error(type);
      expect(await provider.unwrap(wrapped, CONTEXT)).toBeNull();
    },
  );

  it('tries again once what may pass', async () => {
    server.answer = (request) =>
      server.requests.length === 1 ? error('KMSInternalException', 500) : kmsFake(request);
    expect(await provider.wrap(RAW, CONTEXT)).toBeInstanceOf(Buffer);
    expect(server.requests).toHaveLength(2);
    server.requests.length = 0;
    server.answer = () => error('KMSInternalException', 500);
    await expect(provider.wrap(RAW, CONTEXT)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(server.requests).toHaveLength(2);
  });

  it('gives up in time where nobody answers', async () => {
    server.answer = () => null;
    await expect(provider.wrap(RAW, CONTEXT)).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
    await expect(provider.unwrap(RAW, CONTEXT)).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
    expect(await provider.health()).toMatchObject({ isUsable: false });
  });

  it('repeats nothing of what the service says, but its name', async () => {
    server.answer = () => error('AccessDeniedException');
    const failure = (await provider.wrap(RAW, CONTEXT).catch((thrown: unknown) => thrown)) as Error;
    const text = JSON.stringify([failure.message, failure.stack, failure.cause ?? '']);
    expect(text).toContain('AccessDeniedException');
    expect(text).not.toContain('SECRET');
    expect(text).not.toContain(RAW.toString('base64'));
  });
});
