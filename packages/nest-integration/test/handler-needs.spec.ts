import { EventEmitter } from 'node:events';

import {
  Controller,
  Get,
  Inject,
  Injectable,
  Scope,
  UseGuards,
  type CanActivate,
  type INestApplication,
  type Provider,
} from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { CacheService, type CachePlugin } from '@vitalcache/core';
import {
  generateKeyring,
  healthcarePlugin,
  Keyring,
  MemoryKeyStore,
} from '@vitalcache/healthcare-phi';

import { Cache, CacheModule, CachePut } from '../src/index.js';
import { RequestScopes } from '../src/http/request-scopes.js';
import { closeAll, startHttp, testOptions } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

jest.setTimeout(30_000);

/** Whether the caller runs in the async context of a request; set when the application stands. */
let isInContext: () => boolean = () => false;

@Injectable()
class Reading {
  constructor(private readonly cache: CacheService) {}
  async find() {
    return this.cache.cache('found', () => isInContext());
  }
}

@Injectable()
class Decorated {
  @Cache({ keyTemplate: 'decorated' })
  async find() {
    return isInContext();
  }
}

@Injectable()
class Above {
  constructor(private readonly reading: Reading) {}
  find() {
    return this.reading.find();
  }
}

@Injectable()
class Apart {
  constructor(private readonly host: HttpAdapterHost) {}
  async find() {
    return typeof this.host === 'object' && isInContext();
  }
}

@Injectable({ scope: Scope.REQUEST })
class OfRequest extends Apart {}

@Injectable()
class Guard implements CanActivate {
  constructor(private readonly reading: Reading) {}
  async canActivate() {
    await this.reading.find();
    return true;
  }
}

@Controller('all')
class All {
  constructor(
    private readonly reading: Reading,
    private readonly decorated: Decorated,
    private readonly above: Above,
    private readonly apart: Apart,
  ) {}
  readonly label = 'label';

  @Get('constant')
  constant() {
    return isInContext();
  }

  @Get('apart')
  async toApart() {
    return this.label === 'label' && this.apart.find();
  }

  @Get('reading')
  toReading() {
    return this.reading.find();
  }

  @Get('decorated')
  toDecorated() {
    return this.decorated.find();
  }

  @Get('above')
  toAbove() {
    return this.above.find();
  }

  @Get('own')
  own() {
    return this.toAbove();
  }

  @Get('self')
  self() {
    const self = this as All;
    return self.above.find();
  }
}

@Controller('apart')
class OnlyApart {
  constructor(private readonly apart: Apart) {}

  @Get('own')
  own() {
    return this.find();
  }

  find() {
    return this.apart.find();
  }
}

@Controller('guarded')
@UseGuards(Guard)
class Guarded {
  @Get('constant')
  constant() {
    return isInContext();
  }
}

@Controller('door')
class WithDoor {
  constructor(private readonly nest: ModuleRef) {}

  @Get('reading')
  read() {
    return this.nest.get(Reading).find();
  }
}

@Controller('given')
class WithGiven {
  constructor(
    @Inject('EMITTER') private readonly emitter: EventEmitter,
    @Inject('BUILT') private readonly built: Decorated,
  ) {}

  @Get('emitter')
  emit() {
    const answers: Promise<boolean>[] = [];
    this.emitter.emit('asked', answers);
    return answers[0];
  }

  @Get('built')
  find() {
    return this.built.find();
  }
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class Scoped {
  constructor(private readonly reading: Reading) {}

  @Get('reading')
  read() {
    return this.reading.find();
  }
}

@Controller('request')
class PerRequest {
  constructor(private readonly of: OfRequest) {}

  @Get('apart')
  find() {
    return this.of.find();
  }
}

@Controller('cached')
class Cached {
  @Get('hit')
  @Cache({ keyTemplate: 'hit' })
  hit() {
    return isInContext();
  }

  @Get('calls')
  calls() {
    return this.hit();
  }

  @Get('aliased')
  aliased() {
    const self = this as Cached;
    return self.hit();
  }

  @Get('put')
  @CachePut({ keyTemplate: 'put' })
  put() {
    return isInContext();
  }

  @Get('constant')
  constant() {
    return isInContext();
  }
}

@Controller('heir')
class Heir extends Guarded {}

const CONTROLLERS = [
  All,
  OnlyApart,
  Guarded,
  WithDoor,
  WithGiven,
  Scoped,
  PerRequest,
  Cached,
  Heir,
];
const EMITTER = new EventEmitter();
const PROVIDERS: Provider[] = [
  Reading,
  Decorated,
  Above,
  Apart,
  OfRequest,
  Guard,
  { provide: 'EMITTER', useValue: EMITTER },
  { provide: 'BUILT', useFactory: () => new Decorated() },
];

async function start(
  providers: Provider[] = [],
  prepare?: (app: INestApplication) => void,
  plugins: CachePlugin[] = [],
) {
  const imports = [CacheModule.forRoot(testOptions({ plugins }))];
  const { app, url } = await startHttp(
    'fastify',
    { imports, controllers: CONTROLLERS, providers: [...PROVIDERS, ...providers] },
    prepare,
  );
  isInContext = () => app.get(RequestScopes).current !== undefined;
  EMITTER.removeAllListeners().on('asked', (answers: unknown[]) =>
    answers.push(app.get(Reading).find()),
  );
  return {
    app,
    get: async (path: string) => {
      const answer = await fetch(`${url}/${path}`);
      return { text: await answer.text(), status: answer.headers.get('cache-status') };
    },
  };
}

describe('a handler on Fastify', () => {
  afterEach(closeAll);

  it.each([
    ['that uses nothing', 'all/constant'],
    ['that uses what reads from no cache', 'all/apart'],
    ['that calls a method of its own, where nothing reads', 'apart/own'],
    ['that uses nothing, beside one with @Cache()', 'cached/constant'],
  ])('%s runs in no async context', async (_what, path) => {
    const { get } = await start();
    expect(await get(path)).toEqual({ text: 'false', status: null });
  });

  it.each([
    ['that uses what reads from a cache', 'all/reading'],
    ['that uses what has methods with @Cache()', 'all/decorated'],
    ['that uses what uses what reads', 'all/above'],
    ['that calls a method of its own', 'all/own'],
    ['that calls its own handler with @Cache()', 'cached/calls'],
    ['that calls it under another name', 'cached/aliased'],
    ['that hands itself on', 'all/self'],
    ['that uses what a factory built', 'given/built'],
    ['of a controller that is built for each request', 'scoped/reading'],
    ['that uses what was given as a value, which may know anybody', 'given/emitter'],
    ['that can ask Nest for anything', 'door/reading'],
  ])('%s runs in one, and its answer says what was read', async (_what, path) => {
    const { get } = await start();
    const { text, status } = await get(path);
    expect([text, status]).toEqual(['true', expect.stringContaining('fwd=miss')]);
    expect((await get(path)).status).toContain('; hit;');
  });

  it.each([
    ['with a guard that reads', 'guarded/constant'],
    ['that a class inherits, with its guard', 'heir/constant'],
  ])('%s runs in one', async (_what, path) => {
    const { get } = await start();
    const { text, status } = await get(path);
    expect([text, status]).toEqual(['true', expect.stringContaining('fwd=miss')]);
  });

  it.each([
    ['that is built for each request', 'request/apart'],
    ['with @CachePut()', 'cached/put'],
  ])('%s runs in one', async (_what, path) => {
    const { get } = await start();
    expect((await get(path)).text).toBe('true');
  });

  it('runs in one where a guard of all handlers reads', async () => {
    const { get } = await start([{ provide: APP_GUARD, useClass: Guard }]);
    expect((await get('all/constant')).text).toBe('true');
  });

  it('runs in one where a guard of all handlers is built for each request', async () => {
    const scope = Scope.REQUEST;
    const { get } = await start([{ provide: APP_GUARD, useClass: Guard, scope }]);
    expect((await get('all/constant')).text).toBe('true');
  });

  it('runs in one where a guard of all handlers, which the application made, holds what reads', async () => {
    const { get } = await start([], (app) => app.useGlobalGuards(new Guard(app.get(Reading))));
    expect((await get('all/constant')).text).toBe('true');
  });

  it('runs in one wherever data are protected', async () => {
    const protecting = healthcarePlugin({
      keyring: Keyring.parse(generateKeyring()),
      keyStore: new MemoryKeyStore(),
      audit: { record: async () => undefined },
      reportsUndeclared: false,
      logger: new LogLines(),
    });
    const { get } = await start([], undefined, [protecting]);
    expect((await get('all/constant')).text).toBe('true');
  });
});
