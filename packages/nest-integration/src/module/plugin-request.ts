import type { ExecutionContext } from '@nestjs/common';
import type { PluginRequest } from '@vitalcache/core';

/** What GraphQL servers put into the context of an operation: Apollo on Express, Mercurius on Fastify. */
interface GraphqlContext {
  readonly req?: unknown;
  readonly reply?: { readonly request?: unknown };
}

/**
 * A call of Nest as plugins see it. `raw` is the request of HTTP, also below GraphQL, where a server has one; of a
 * message its `data` and `context`; of anything else, such as web sockets, the arguments as they came.
 */
export function pluginRequestOf(context: ExecutionContext): PluginRequest {
  switch (context.getType<string>()) {
    case 'http':
      return { kind: 'http', raw: context.switchToHttp().getRequest() };
    case 'graphql': {
      // Resolvers are called with parent, arguments, context and info.
      const given = context.getArgByIndex<GraphqlContext | undefined>(2);
      return { kind: 'graphql', raw: given?.req ?? given?.reply?.request ?? given };
    }
    case 'rpc': {
      const rpc = context.switchToRpc();
      return {
        kind: 'rpc',
        raw: { data: rpc.getData<unknown>(), context: rpc.getContext<unknown>() },
      };
    }
    default:
      return { kind: 'other', raw: context.getArgs() };
  }
}
