import { join } from 'node:path';

import { Controller, Get, Injectable, Param } from '@nestjs/common';
import {
  FileKeyStore,
  generateKeyring,
  HealthcareCacheService,
  healthcarePlugin,
  Keyring,
  LegalHolds,
  MemoryKeyStore,
  type AccessContext,
  type AuditEvent,
  type HealthcarePluginOptions,
} from '@vitalcache/healthcare-phi';

import {
  Cache,
  CachePut,
  CacheModule,
  CacheService,
  explainStartupError,
  type CacheModuleOptions,
} from '../src/index.js';
import { closeAll, PLATFORMS, startHttp, startModule, testOptions } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

afterEach(closeAll);

interface WithHeaders {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Who asks, by header. */
function accessOf({ headers }: WithHeaders): AccessContext | null {
  const actor = headers['x-user'];
  if (actor === undefined) return null;
  return { tenant: headers['x-tenant'] ?? 'default', actor, roles: [], purpose: 'TREAT' };
}

function healthcare(more: HealthcarePluginOptions = {}) {
  const recorded: AuditEvent[] = [];
  const plugin = healthcarePlugin({
    keyring: Keyring.parse(generateKeyring()),
    keyStore: new MemoryKeyStore(),
    audit: { record: async (event) => void recorded.push(event) },
    resolveAccess: ({ kind, raw }) => (kind === 'http' ? accessOf(raw as WithHeaders) : null),
    authorize: ({ context }) => context.actor !== 'stranger',
    reportsUndeclared: false,
    logger: new LogLines(),
    ...more,
  });
  return { recorded, options: testOptions({ plugins: [plugin] }) };
}

async function problemOf(options: CacheModuleOptions): Promise<string | null> {
  try {
    await startModule({ imports: [CacheModule.forRoot(options)] });
    return null;
  } catch (error) {
    return explainStartupError(error);
  }
}

describe('healthcare-phi in Nest', () => {
  it.each([
    ['forRoot', () => CacheModule.forRoot(healthcare().options)],
    [
      'forRootAsync',
      () =>
        CacheModule.forRootAsync({
          provides: [HealthcareCacheService, LegalHolds],
          useFactory: () => healthcare().options,
        }),
    ],
  ])('is injected with %s, and is the one cache', async (_how, cacheModule) => {
    @Injectable()
    class Records {
      constructor(
        readonly cache: CacheService,
        readonly healthcareCache: HealthcareCacheService,
        readonly holds: LegalHolds,
      ) {}
    }
    const module = await startModule({ imports: [cacheModule()], providers: [Records] });
    const { cache, healthcareCache, holds } = module.get(Records);
    expect(healthcareCache).toBeInstanceOf(HealthcareCacheService);
    expect(cache).toBe(healthcareCache);
    expect(holds).toBeInstanceOf(LegalHolds);
  });

  it.each([
    ['keys', {}, /^Protected data needs keys: set CACHE_KEYRING_FILE/],
    [
      'an audit',
      { CACHE_KEYRING: generateKeyring() },
      /^Protected data needs an audit: set CACHE_AUDIT_FILE/,
    ],
    ['a keyring that is one', { CACHE_KEYRING: '{}' }, /^CACHE_KEYRING: accepted: a keyring\./],
    [
      'a time to live that is one',
      { CACHE_KEYRING: generateKeyring(), CACHE_PATIENT_RECORDS_TTL: 'long' },
      /^CACHE_PATIENT_RECORDS_TTL is "long"; accepted: [^·]*$/,
    ],
  ])('keeps the application down without %s', async (_what, env, line) => {
    const lines = new LogLines();
    const plugins = [healthcarePlugin({ logger: lines })];
    const problem = await problemOf(testOptions({ env, plugins }, lines));
    expect(problem).toMatch(line);
    expect(problem).not.toContain('\n');
  });

  it('gives its variables their effect, and warns of none', async () => {
    const lines = new LogLines();
    const env = {
      CACHE_KEYRING: generateKeyring(),
      CACHE_AUDIT_LOGGING_ENABLED: 'false',
      CACHE_PATIENT_RECORDS_TTL: '60',
    };
    const plugins = [healthcarePlugin({ keyStore: new MemoryKeyStore(), logger: lines })];
    await startModule({ imports: [CacheModule.forRoot(testOptions({ env, plugins }, lines))] });
    expect(lines.warnings).toEqual([]);
  });

  it('keeps the application down when its key store can not be opened', async () => {
    const keyStore = new FileKeyStore(join(__filename, 'keys'));
    expect(await problemOf(healthcare({ keyStore }).options)).toMatch(/key store/);
  });
});

describe.each(PLATFORMS)('protected data on %s', (platform) => {
  async function start() {
    @Injectable()
    class Records {
      loads = 0;

      @Cache({ keyTemplate: 'patient:{patientId}:profile', containsPHI: true, ttl: 60 })
      async profile(patientId: string) {
        return { patientId, load: ++this.loads };
      }
    }
    @Injectable()
    class Summaries {
      constructor(private readonly records: Records) {}

      @CachePut({ keyTemplate: 'put:{id}' })
      async put(id: string) {
        return id === '0' ? 'nothing protected' : this.records.profile(id);
      }

      @Cache({ keyTemplate: 'summary:{id}' })
      async of(id: string) {
        return this.records.profile(id);
      }
    }
    @Controller()
    class Patients {
      constructor(
        private readonly records: Records,
        private readonly summaries: Summaries,
        private readonly cache: HealthcareCacheService,
      ) {}

      @Get('put/:id')
      async put(@Param('id') id: string) {
        await this.summaries.put(id);
        return { source: (await this.cache.get(`put:${id}`)) === null ? 'nowhere' : 'cache' };
      }

      @Get('summaries/:id')
      summary(@Param('id') id: string) {
        return this.summaries.of(id);
      }

      @Cache({ public: true })
      @Get('public/:id')
      async open(@Param('id') id: string) {
        return this.records.profile(id);
      }

      @Get('patients/:id')
      one(@Param('id') id: string) {
        return this.records.profile(id);
      }

      @Get('patients/:id/emergency')
      emergency(@Param('id') id: string) {
        return this.cache.cacheEmergencyData(id, () => ['penicillin']);
      }
    }
    const { options, recorded } = healthcare();
    const { url } = await startHttp(platform, {
      imports: [CacheModule.forRoot(options)],
      controllers: [Patients],
      providers: [Records, Summaries],
    });
    const ask = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${url}/${path}`, { headers });
      return { answer, body: (await answer.json()) as { load?: number; source?: string } };
    };
    return { ask, recorded };
  }

  it('is served from the cache to each who may see it, and each is on record', async () => {
    const { ask, recorded } = await start();
    const loads = [];
    for (const user of ['ada', 'bo', 'ada']) {
      const { answer, body } = await ask('patients/7', { 'x-user': user });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      loads.push(body.load);
    }
    expect(loads).toEqual([1, 1, 1]);
    expect(recorded.map(({ actor, source }) => [actor, source])).toEqual([
      ['ada', 'origin'],
      ['bo', 'l1'],
      ['ada', 'l1'],
    ]);
    const { body } = await ask('patients/7', { 'x-user': 'ada', 'x-tenant': 'other' });
    expect(body.load).toBe(2);
  });

  it('is nothing for whoever may not see it, also when it is cached, and for nobody', async () => {
    const { ask, recorded } = await start();
    await ask('patients/7', { 'x-user': 'ada' });
    const { answer, body } = await ask('patients/7', { 'x-user': 'stranger' });
    expect([answer.status, body]).toEqual([
      404,
      expect.objectContaining({ message: 'There is nothing here for whoever asks.' }),
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(recorded.map(({ event }) => event)).toEqual(['read', 'authz-deny']);
    expect((await ask('patients/7')).answer.status).toBe(500);
  });

  it.each(['summaries', 'public'])(
    'is nobody else’s within what is cached and not declared as protected: %s',
    async (path) => {
      const { ask, recorded } = await start();
      const statuses = [];
      for (const user of ['ada', 'stranger', 'bo']) {
        const { answer } = await ask(`${path}/7`, { 'x-user': user });
        statuses.push(answer.status);
        expect(answer.headers.get('cache-control')).toBe('no-store');
      }
      expect(statuses).toEqual([200, 404, 200]);
      expect((await ask(`${path}/7`)).answer.status).toBe(500);
      expect(recorded.map(({ event }) => event)).toEqual(['read', 'authz-deny', 'read']);
    },
  );

  it('is not put where it is not declared as protected', async () => {
    const { ask } = await start();
    const { body } = await ask('put/7', { 'x-user': 'ada' });
    const { body: other } = await ask('put/0', { 'x-user': 'ada' });
    expect([body.source, other.source]).toEqual(['nowhere', 'cache']);
  });

  it('comes through the healthcare methods as well', async () => {
    const { ask } = await start();
    const sources = [];
    for (let i = 0; i < 2; i++) {
      sources.push((await ask('patients/7/emergency', { 'x-user': 'ada' })).body.source);
    }
    expect(sources).toEqual(['origin', 'cache']);
  });
});
