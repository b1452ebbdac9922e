import { randomBytes } from 'node:crypto';

import type { WrapContext } from '../src/keys/providers/key-provider.js';
import {
  VaultTransitProvider,
  type VaultTransitOptions,
} from '../src/keys/providers/vault-transit.provider.js';
import { Loopback, type LoopbackAnswer, type LoopbackRequest } from './support/loopback.js';

const CONTEXT: WrapContext = { tenant: 'pseudonym', epoch: 100, purpose: 'tek' };
const RAW = randomBytes(32);

/** The transit engine as far as it is used: a ciphertext holds its plaintext and its associated data. */
function transit({ path, body }: LoopbackRequest): LoopbackAnswer {
  const data = body['associated_data'];
  if (path === '/v1/transit/encrypt/cache') {
    const text = Buffer.from(JSON.stringify({ data, plaintext: body['plaintext'] }));
    return ok({ ciphertext: `vault:v1:${text.toString('base64')}` });
  }
  if (path !== '/v1/transit/decrypt/cache') return errors(404, 'no handler for route');
  const text = (body['ciphertext'] as string).replace('vault:v1:', '');
  const held = JSON.parse(Buffer.from(text, 'base64').toString()) as Record<string, unknown>;
  if (held['data'] !== data) return errors(400, 'cipher: message authentication failed');
  return ok({ plaintext: held['plaintext'] });
}
const ok = (data: object): LoopbackAnswer => ({ status: 200, body: { data } });
const errors = (status: number, ...said: string[]): LoopbackAnswer => ({
  status,
  body: { errors: said },
});

describe('VaultTransitProvider', () => {
  let server: Loopback;
  const provider = (options: Partial<VaultTransitOptions> = {}): VaultTransitProvider =>
    new VaultTransitProvider({
      address: server.url,
      keyName: 'cache',
      token: 'TOKEN-IN-CLEAR',
      timeoutMs: 300,
      ...options,
    });
  beforeAll(async () => {
    server = await Loopback.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    server.requests.length = 0;
    server.answer = transit;
  });

  it('unwraps what it wrapped, with tenant, epoch and purpose as associated data', async () => {
    const vault = provider({ namespace: 'clinic', token: async () => 'token-of-now' });
    const wrapped = await vault.wrap(RAW, CONTEXT);
    expect(wrapped.toString()).toMatch(/^vault:v1:/);
    expect(await vault.unwrap(wrapped, CONTEXT)).toEqual(RAW);
    const [request] = server.requests as [LoopbackRequest];
    expect(request.headers).toMatchObject({
      'x-vault-token': 'token-of-now',
      'x-vault-namespace': 'clinic',
      'x-vault-request': 'true',
    });
    expect(Buffer.from(request.body['associated_data'] as string, 'base64').toString()).toContain(
      'pseudonym',
    );
    expect(await vault.health()).toEqual({ isUsable: true, reason: '' });
  });

  it('refuses a key that was wrapped in another context', async () => {
    const wrapped = await provider().wrap(RAW, CONTEXT);
    const unwrapped = provider().unwrap(wrapped, { ...CONTEXT, epoch: 101 });
    await expect(unwrapped).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  });

  it.each([
    'ciphertext or signature version is disallowed by policy (too old)',
    'encryption key not found',
  ])('takes a key that is gone (%s) for destroyed', async (said) => {
    const wrapped = await provider().wrap(RAW, CONTEXT);
    server.answer = () => errors(400, said);
    expect(await provider().unwrap(wrapped, CONTEXT)).toBeNull();
  });

  it('tries again once what may pass, and nothing else', async () => {
    server.answer = (request) =>
      server.requests.length === 1 ? errors(503, 'Vault is sealed') : transit(request);
    expect(await provider().wrap(RAW, CONTEXT)).toBeInstanceOf(Buffer);
    expect(server.requests).toHaveLength(2);
    server.requests.length = 0;
    server.answer = () => errors(403, 'permission denied');
    await expect(provider().wrap(RAW, CONTEXT)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('HTTP 403'),
    });
    expect(server.requests).toHaveLength(1);
  });

  it('gives up in time where nobody answers, or nobody is', async () => {
    server.answer = () => null;
    await expect(provider().wrap(RAW, CONTEXT)).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
    const nowhere = provider({ address: 'http://127.0.0.1:1' });
    await expect(nowhere.wrap(RAW, CONTEXT)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('repeats neither its token nor what Vault says', async () => {
    server.answer = () => errors(500, 'token TOKEN-IN-CLEAR, SECRET');
    const failure = (await provider()
      .wrap(RAW, CONTEXT)
      .catch((thrown: unknown) => thrown)) as Error;
    const text = JSON.stringify([failure.message, failure.stack, failure.cause ?? '']);
    expect(text).not.toMatch(/TOKEN-IN-CLEAR|SECRET/);
  });

  it.each(['http://vault.example:8200', 'vault.example', '', 'ftp://127.0.0.1'])(
    'refuses the address %j',
    (address) => {
      expect(() => provider({ address })).toThrow(/https URL, or http on loopback/);
    },
  );

  it('does not follow a redirect, which would take the token along', async () => {
    const other = await Loopback.start();
    const redirecting = new VaultTransitProvider({
      address: server.url,
      keyName: 'cache',
      token: 'TOKEN-IN-CLEAR',
      timeoutMs: 300,
    });
    server.answer = () => ({ status: 307, body: {}, headers: { location: other.url } });
    await expect(redirecting.wrap(RAW, CONTEXT)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(other.requests).toHaveLength(0);
    await other.stop();
  });
});
