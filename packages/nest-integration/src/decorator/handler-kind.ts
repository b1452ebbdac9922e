import { METHOD_METADATA } from '@nestjs/common/constants.js';

/**
 * What a handler answers: requests of HTTP, operations of GraphQL (which come over HTTP, too), messages of other
 * services.
 */
export type HandlerKind = 'http' | 'graphql' | 'message';

/** Written by decorators of @nestjs/graphql and @nestjs/microservices, which need not be installed. */
const RESOLVER_TYPE = 'graphql:resolver_type';
const RESOLVER_PROPERTY = 'graphql:resolve_property';
const MESSAGE_HANDLER = 'microservices:handler_type';

/** `null` for what is no handler. */
export function handlerKindOf(handler: unknown): HandlerKind | null {
  if (typeof handler !== 'function') return null;
  const keys: readonly unknown[] = Reflect.getOwnMetadataKeys(handler); // of most methods there are none
  if (keys.includes(METHOD_METADATA)) return 'http';
  if (keys.includes(RESOLVER_TYPE) || keys.includes(RESOLVER_PROPERTY)) return 'graphql';
  return keys.includes(MESSAGE_HANDLER) ? 'message' : null;
}

/** `Query`, `Mutation`, `Subscription`; `undefined` for resolvers of fields, and for what is no resolver. */
export function resolverTypeOf(handler: object): string | undefined {
  return Reflect.getMetadata(RESOLVER_TYPE, handler) as string | undefined;
}

/** Whether it handles an event, which nobody waits for an answer to. */
export function isEventHandler(handler: object): boolean {
  return Reflect.getMetadata(MESSAGE_HANDLER, handler) === EVENT;
}

/** `PatternHandler.EVENT` of @nestjs/microservices. */
const EVENT = 2;
