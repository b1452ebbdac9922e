import { RequestMethod } from '@nestjs/common';
import {
  METHOD_METADATA,
  RESPONSE_PASSTHROUGH_METADATA,
  ROUTE_ARGS_METADATA,
  SSE_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';

import { handlerKindOf, isEventHandler, resolverTypeOf } from './handler-kind.js';

/** A parameter of a handler, as its decorator declared it. */
export interface RouteParameter {
  readonly index: number;
  /** `undefined` for a decorator that the application made itself. */
  readonly type: RouteParamtypes | undefined;
  /** The member that was asked for, `id` of `@Param('id')`; `undefined` for the whole object. */
  readonly member: string | undefined;
}

/** Parameters of a handler that are no data, by what they are called in messages. */
const NO_DATA = new Map<RouteParamtypes | undefined, string>([
  [RouteParamtypes.REQUEST, '@Req()'],
  [RouteParamtypes.RESPONSE, '@Res()'],
  [RouteParamtypes.NEXT, '@Next()'],
  [RouteParamtypes.SESSION, '@Session()'],
  [RouteParamtypes.FILE, '@UploadedFile()'],
  [RouteParamtypes.FILES, '@UploadedFiles()'],
]);

/** The decorated parameters of a method; empty if it has none. */
export function routeParametersOf(
  type: object,
  method: string | symbol,
): readonly RouteParameter[] {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, method) ?? {}) as Readonly<
    Record<string, { readonly index: number; readonly data?: unknown }>
  >;
  return Object.entries(args).map(([key, { index, data }]) => {
    const kind = key.slice(0, key.indexOf(':'));
    return {
      index,
      type: /^\d+$/.test(kind) ? Number(kind) : undefined,
      member: typeof data === 'string' ? data : undefined,
    };
  });
}

/** Parameters whose value says nothing about the answer: `@Req()`, `@Res()`, ... */
export function parametersWithoutData(parameters: readonly RouteParameter[]): readonly string[] {
  return parameters.flatMap(({ type }) => NO_DATA.get(type) ?? []);
}

/** Why the answers of a handler can't be cached, or `undefined`; what is not known yet is no reason. */
export function unsuitableHandler(
  type: object,
  method: string | symbol,
  handler: object,
): string | undefined {
  switch (handlerKindOf(handler)) {
    case 'http':
      return unsafeVerb(handler) ?? unanswering(type, method, handler);
    case 'graphql':
      return unsafeOperation(handler);
    case 'message':
      return isEventHandler(handler)
        ? 'it handles events, none of which may be left out; only messages with an answer can be cached'
        : undefined;
    default:
      return undefined;
  }
}

/** Why what a handler of HTTP requests returns is not its answer, or `undefined`. */
export function unanswering(
  type: object,
  method: string | symbol,
  handler: object,
): string | undefined {
  if (Reflect.getMetadata(SSE_METADATA, handler) === true) {
    return 'it sends server-sent events, which can not be cached';
  }
  const isPassthrough = Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, type, method) === true;
  const sender = routeParametersOf(type, method).find(
    (parameter) =>
      parameter.type === RouteParamtypes.RESPONSE || parameter.type === RouteParamtypes.NEXT,
  );
  if (!sender || isPassthrough) return undefined;
  return `it sends its answer itself through ${NO_DATA.get(sender.type) ?? ''}; return the answer, or use @Res({ passthrough: true })`;
}

function unsafeVerb(handler: object): string | undefined {
  const verb = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
  if (verb === RequestMethod.GET || verb === RequestMethod.HEAD) return undefined;
  return `it answers ${RequestMethod[verb]} requests; only GET and HEAD can be cached`;
}

function unsafeOperation(handler: object): string | undefined {
  const type = resolverTypeOf(handler);
  if (type !== 'Mutation' && type !== 'Subscription') return undefined;
  return `it resolves a ${type.toLowerCase()}; only queries and fields can be cached`;
}
