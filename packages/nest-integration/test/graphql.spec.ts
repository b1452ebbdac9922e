import { UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import {
  Args,
  Context,
  Field,
  GraphQLModule,
  ID,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';

import { Cache, CacheInvalidate, CacheModule } from '../src/index.js';
import { closeAll, startHttp, startModule, testOptions } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

jest.setTimeout(30_000); // the first start loads all of GraphQL

afterEach(closeAll);

@ObjectType()
class Doctor {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  room!: string;
}

interface Asking {
  readonly reply: { readonly request: { readonly headers: Record<string, string | undefined> } };
}

async function startGraphql(type: new () => object) {
  const lines = new LogLines();
  const { url } = await startHttp('fastify', {
    imports: [
      CacheModule.forRoot(testOptions({}, lines)),
      GraphQLModule.forRoot<MercuriusDriverConfig>({
        driver: MercuriusDriver,
        autoSchemaFile: true,
      }),
    ],
    providers: [type],
  });
  const ask = async (query: string, headers: Record<string, string> = {}): Promise<unknown> => {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await answer.json()) as { data: unknown; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  return { ask, lines };
}

describe('Cache on GraphQL resolvers', () => {
  it('caches by argument, also where the resolver takes none, and a mutation invalidates', async () => {
    const calls: string[] = [];
    const names = new Map([['1', 'ada']]);
    @Resolver(() => Doctor)
    class Doctors {
      @Query(() => Doctor)
      @Cache({ keyTemplate: 'doctors:{id}' })
      doctor(@Args('id', { type: () => ID }) e: string) {
        calls.push(`doctor ${e}`);
        return { id: e, name: names.get(e), room: '1' };
      }

      @Query(() => [String])
      @Cache()
      ids() {
        calls.push('ids');
        return [...names.keys()];
      }

      @Mutation(() => String)
      @CacheInvalidate({ keys: ['doctors:{id}'] })
      rename(@Args('id') id: string, @Args('name') name: string) {
        names.set(id, name);
        return name;
      }
    }
    const { ask } = await startGraphql(Doctors);
    const read = () => ask('{ doctor(id: "1") { name } ids }');
    expect(await read()).toEqual({ doctor: { name: 'ada' }, ids: ['1'] });
    expect(await read()).toEqual({ doctor: { name: 'ada' }, ids: ['1'] });
    expect(calls.sort()).toEqual(['doctor 1', 'ids']);
    await ask('mutation { rename(id: "1", name: "eve") }', { authorization: 'x' });
    expect(await read()).toEqual({ doctor: { name: 'eve' }, ids: ['1'] });
  });

  it('gives no user what another was answered, unless varyBy or public says how', async () => {
    const answer = ({ reply }: Asking) => reply.request.headers['authorization'] ?? 'nobody';
    @Resolver()
    class Me {
      @Query(() => String)
      @Cache({ keyTemplate: 'me' })
      me(@Context() context: Asking) {
        return answer(context);
      }

      @Query(() => String)
      @Cache({ keyTemplate: 'mine', varyBy: ['authorization'] })
      mine(@Context() context: Asking) {
        return `${answer(context)} ${Math.random()}`;
      }

      @Query(() => String)
      @Cache({ keyTemplate: 'all', public: true })
      all(@Context() context: Asking) {
        return answer(context);
      }
    }
    const { ask, lines } = await startGraphql(Me);
    const as = (authorization: string, query: string) => ask(query, { authorization });
    expect(await as('ada', '{ me }')).toEqual({ me: 'ada' });
    expect(await as('bo', '{ me }')).toEqual({ me: 'bo' });
    expect(lines.warnings).toEqual([
      expect.stringMatching(/^Me\.me: a request with credentials is not cached/),
    ]);
    const mine = await as('ada', '{ mine }');
    expect(await as('ada', '{ mine }')).toEqual(mine);
    expect(await as('bo', '{ mine }')).toEqual({ mine: expect.stringMatching(/^bo/) });
    expect(await as('ada', '{ all }')).toEqual({ all: 'ada' });
    expect(await as('bo', '{ all }')).toEqual({ all: 'ada' });
  });

  it('counts the user whom a guard found', async () => {
    class Login implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        const { reply } = context.getArgByIndex<{ reply: { request: Record<string, unknown> } }>(2);
        const { headers } = reply.request as { headers: Record<string, string> };
        reply.request['user'] = headers['x-person'];
        return true;
      }
    }
    @Resolver()
    class Me {
      calls = 0;

      @Query(() => String)
      @UseGuards(Login)
      @Cache()
      me() {
        return `${++this.calls}`;
      }
    }
    const { ask } = await startGraphql(Me);
    expect(await ask('{ me }', { 'x-person': 'ada' })).toEqual({ me: '1' });
    expect(await ask('{ me }', { 'x-person': 'bo' })).toEqual({ me: '2' });
    expect(await ask('{ me }')).toEqual({ me: '3' });
    expect(await ask('{ me }')).toEqual({ me: '3' });
  });

  describe('of a field', () => {
    function resolver(isPublic: boolean) {
      @Resolver(() => Doctor)
      class Doctors {
        rooms = 0;

        @Query(() => Doctor)
        doctor() {
          return { id: '1', name: 'ada' };
        }

        @ResolveField('room', () => String)
        @Cache({ keyTemplate: 'rooms:{doctor.id}', ...(isPublic && { public: true }) })
        room(@Parent() doctor: Doctor) {
          return `${doctor.id} ${++this.rooms}`;
        }
      }
      return Doctors;
    }
    const rooms = async (isPublic: boolean, headers: Record<string, string>) => {
      const { ask } = await startGraphql(resolver(isPublic));
      const found = [
        await ask('{ doctor { room } }', headers),
        await ask('{ doctor { room } }', headers),
      ];
      return found.map((one) => (one as { doctor: Doctor }).doctor.room);
    };

    it('is as safe as a query, although Nest runs no interceptors for it', async () => {
      expect(await rooms(false, {})).toEqual(['1 1', '1 1']);
      expect(await rooms(false, { authorization: 'x' })).toEqual(['1 1', '1 2']);
      expect(await rooms(true, { authorization: 'x' })).toEqual(['1 1', '1 1']);
    });

    it('shares nothing where nobody sees whose request it is', async () => {
      const lines = new LogLines();
      const Doctors = resolver(false);
      const module = await startModule({
        imports: [CacheModule.forRoot(testOptions({}, lines))],
        providers: [Doctors],
      });
      const doctors = module.get(Doctors);
      const room = async () => doctors.room({ id: '1', name: '', room: '' });
      expect([await room(), await room()]).toEqual(['1 1', '1 2']);
      expect(lines.warnings).toEqual([
        expect.stringMatching(/^Doctors\.room is not cached, because/),
      ]);
    });
  });

  it('refuses mutations', async () => {
    @Resolver()
    class Writing {
      @Query(() => String)
      query() {
        return '';
      }

      @Mutation(() => String)
      @Cache()
      save() {
        return '';
      }
    }
    await expect(startGraphql(Writing)).rejects.toThrow(
      /@Cache\(\) on Writing\.save: it resolves a mutation; only queries and fields/,
    );
  });
});
