import type { AdminScope } from './admin-scope.js';

/** A query parameter or header of an endpoint. */
export interface EndpointParameter {
  readonly name: string;
  readonly in: 'query' | 'header';
  readonly required?: boolean;
  readonly description: string;
  readonly schema: object;
}

/** What an endpoint of the administration takes and gives. */
export interface Endpoint {
  readonly method: 'get' | 'post' | 'delete';
  /** Behind the path of the controllers. */
  readonly path: string;
  readonly summary: string;
  /** `null`: open to everyone. */
  readonly scope: AdminScope | null;
  readonly parameters?: readonly EndpointParameter[];
  readonly body?: object;
  /** Of what is answered when all is well; absent: an object. */
  readonly answer?: object;
  /** Beside 200 and those that every guarded endpoint has. */
  readonly also?: Readonly<Record<number, string>>;
  readonly mediaType?: string;
}

const numbers = (...names: readonly string[]): object => ({
  type: 'object',
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, { type: 'number' }])),
});
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

/** The reason of a call, for the audit. */
export const REASON: EndpointParameter = {
  name: 'X-Audit-Reason',
  in: 'header',
  description: 'Why; recorded with the call. Name no person in it.',
  schema: { type: 'string', maxLength: 256 },
};

/** Shapes that several endpoints share. */
export const SCHEMAS: Readonly<Record<string, object>> = {
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'detail'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      code: { type: 'string' },
    },
  },
  Health: {
    type: 'object',
    additionalProperties: false,
    required: ['status', 'memoryUsage', 'hitRate', 'connectionStatus', 'lastHealthCheck'],
    properties: {
      status: { enum: ['healthy', 'warning', 'critical'] },
      memoryUsage: { type: 'number', description: 'Bytes.' },
      hitRate: { type: 'number', minimum: 0, maximum: 1 },
      connectionStatus: { type: 'boolean' },
      lastHealthCheck: { type: 'string', format: 'date-time' },
    },
  },
  ServiceState: {
    type: 'object',
    required: ['service', 'cache'],
    properties: {
      service: { enum: ['starting', 'running', 'stopping'] },
      cache: { enum: ['healthy', 'warning', 'critical'] },
    },
  },
  Times: numbers('ops', 'p50Ms', 'p95Ms', 'p99Ms'),
};

/** All endpoints but those that plugins bring. */
export const ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'get',
    path: '',
    summary: 'What the cache of this process says of itself',
    scope: 'read',
    answer: {
      type: 'object',
      required: ['instance', 'stats', 'metrics', 'health', 'provider', 'config', 'parts'],
      properties: {
        instance: { type: 'string' },
        stats: { type: ['object', 'null'] },
        metrics: { type: ['object', 'null'] },
        healthcare: { type: 'object' },
        health: ref('Health'),
        provider: { type: 'object' },
        config: { type: 'object' },
        parts: { type: 'object' },
      },
    },
  },
  {
    method: 'delete',
    path: '',
    summary: 'Makes every entry whose key matches a pattern invalid, everywhere',
    scope: 'write',
    parameters: [
      {
        name: 'pattern',
        in: 'query',
        required: true,
        description: 'A Redis glob such as users:*; never one that matches everything.',
        schema: { type: 'string', maxLength: 256 },
      },
      REASON,
    ],
    answer: {
      type: 'object',
      required: ['removed', 'recorded', 'stamp'],
      properties: {
        removed: { type: ['integer', 'null'] },
        recorded: { type: 'boolean' },
        stamp: { type: 'integer' },
      },
    },
    also: { 202: 'Not recorded yet: it is tried until it is.' },
  },
  {
    method: 'get',
    path: 'health',
    summary: 'How the cache is',
    scope: null,
    parameters: [
      {
        name: 'strict',
        in: 'query',
        description: '1: critical is 503.',
        schema: { type: 'string', enum: ['1', 'true'] },
      },
    ],
    answer: ref('Health'),
    also: { 503: 'Critical, and strict.' },
  },
  {
    method: 'get',
    path: 'health/live',
    summary: 'Whether the process is alive',
    scope: null,
    answer: ref('ServiceState'),
  },
  {
    method: 'get',
    path: 'health/ready',
    summary: 'Whether the service should get requests; without its store it should',
    scope: null,
    answer: ref('ServiceState'),
    also: { 503: 'Starting or stopping.' },
  },
  {
    method: 'get',
    path: 'metrics',
    summary: 'How the cache of this process performs',
    scope: 'read',
    also: { 409: 'Nothing measures, or metrics are off.' },
  },
  {
    method: 'post',
    path: 'warm',
    summary: 'Runs every warmer, or those of one clinic',
    scope: 'write',
    parameters: [REASON],
    body: { type: 'object', properties: { clinicId: { type: 'string', maxLength: 256 } } },
    answer: numbers('warmed', 'skipped', 'failed'),
    also: { 409: 'The cache is being warmed already.' },
  },
  {
    method: 'get',
    path: 'config',
    summary: 'What can be changed while the cache runs, and its values',
    scope: 'read',
  },
  {
    method: 'post',
    path: 'config',
    summary: 'Changes settings in every process; null takes a change back',
    scope: 'write',
    parameters: [REASON],
    body: {
      type: 'object',
      additionalProperties: true,
      properties: { templates: { type: 'object' } },
    },
    answer: {
      type: 'object',
      required: ['changes', 'announced'],
      properties: {
        changes: { type: 'array', items: { type: 'object' } },
        announced: { type: 'boolean' },
      },
    },
  },
  {
    method: 'get',
    path: 'benchmark',
    summary: 'Tries the cache on keys of its own, within bounds',
    scope: 'write',
    parameters: [
      {
        name: 'ops',
        in: 'query',
        description: 'Operations of each kind.',
        schema: { type: 'integer', minimum: 10, maximum: 5000, default: 500 },
      },
      REASON,
    ],
    answer: {
      type: 'object',
      required: ['get', 'set', 'batch'],
      properties: { get: ref('Times'), set: ref('Times'), batch: ref('Times') },
    },
    also: { 409: 'One runs already, or the cache is off.' },
  },
  {
    method: 'delete',
    path: 'phi',
    summary: 'Clears protected health information',
    scope: 'write',
    parameters: [{ ...REASON, required: true }],
    also: { 409: 'No healthcare package is in use.' },
  },
  {
    method: 'get',
    path: 'dashboard',
    summary: 'A page without data, which asks for a token',
    scope: null,
    mediaType: 'text/html',
  },
  {
    method: 'get',
    path: 'dashboard/state',
    summary: 'What the dashboard shows',
    scope: 'read',
  },
  { method: 'get', path: 'openapi', summary: 'This description', scope: 'read' },
];
