import type { AdminAction } from '@vitalcache/core';

import { ENDPOINTS, REASON, SCHEMAS, type Endpoint } from './endpoints.js';

/** A description by OpenAPI 3.1. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

type BroughtAction = Pick<AdminAction, 'method' | 'path' | 'needsReason'>;

/** Of every guarded endpoint. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'Something in the call is not accepted; the detail says what is.',
  401: 'No token, or a wrong one.',
  403: 'The token may only look.',
  429: 'Too many calls.',
  503: 'The store could not do it.',
};

/**
 * Describes the endpoints of the administration, such as for merging into the document of `@nestjs/swagger`.
 * @param actions of plugins
 * @param path behind which they stand, with the global prefix and version of the application
 */
export function openApiOf(
  actions: readonly BroughtAction[] = [],
  path = '/cache',
): OpenApiDocument {
  const known = new Set(ENDPOINTS.map((one) => `${one.method} ${one.path}`));
  const brought = actions.map(endpointOf).filter((one) => !known.has(`${one.method} ${one.path}`));
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of [...ENDPOINTS, ...brought]) {
    const full = endpoint.path === '' ? path : `${path}/${endpoint.path}`;
    (paths[full] ??= {})[endpoint.method] = operationOf(endpoint);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Administration of the cache', version: '1' },
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: { cacheToken: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function endpointOf({ method, path, needsReason = false }: BroughtAction): Endpoint {
  return {
    method: method.toLowerCase() as Endpoint['method'],
    path,
    summary: `What a plugin calls ${path}`,
    scope: method === 'GET' ? 'read' : 'write',
    parameters: [{ ...REASON, required: needsReason }],
  };
}

function operationOf(endpoint: Endpoint): object {
  const { summary, scope, parameters = [], body, mediaType, also = {} } = endpoint;
  const answer = endpoint.answer ?? { type: mediaType ? 'string' : 'object' };
  const content = { [mediaType ?? 'application/json']: { schema: answer } };
  const problems = { ...(scope !== null && REFUSALS), ...also };
  return {
    summary,
    tags: ['cache'],
    operationId: operationIdOf(endpoint),
    parameters,
    ...(body && { requestBody: { content: { 'application/json': { schema: body } } } }),
    responses: {
      200: { description: 'Done.', content },
      ...Object.fromEntries(
        Object.entries(problems).map(([status, description]) => [
          status,
          { description, ...(Number(status) >= 400 && scope !== null && { content: PROBLEM }) },
        ]),
      ),
    },
    security: scope === null ? [] : [{ cacheToken: [] }],
  };
}

const PROBLEM = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};

function operationIdOf({ method, path }: Endpoint): string {
  const words = ['cache', ...path.split(/[^a-z0-9]+/i), method].filter((word) => word !== '');
  return words
    .map((word, at) => (at === 0 ? word : word[0]?.toUpperCase() + word.slice(1)))
    .join('');
}
