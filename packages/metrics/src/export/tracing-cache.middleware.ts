import type * as OpenTelemetry from '@opentelemetry/api';
import type { Attributes, Span, SpanOptions, TracerProvider } from '@opentelemetry/api';
import {
  isCacheError,
  loadPeer,
  type CacheOperation,
  type CachePlugin,
  type ICacheMiddleware,
  type LoadStepInfo,
  type OperationResult,
} from '@vitalcache/core';

import { kindOf } from '../recording/measured-operation.js';
import { TemplateNames } from '../recording/template-names.js';
import { attributesOf, SCOPE } from './open-telemetry.names.js';

type Api = typeof OpenTelemetry;

export interface TracingOptions {
  /** Default: the one that is registered globally. */
  readonly tracerProvider?: TracerProvider;
  /**
   * Whether fresh hits of the process's own tier have spans. They then no longer take the short way, and cost as much as
   * a span does. Default: true.
   */
  readonly hits?: boolean;
  /** Templates that keep their names; the others are called `other`. Default: 100. */
  readonly maxTemplates?: number;
}

/**
 * Traces the cache that it is given to: a span for each operation, `cache.read` and so on; inside it, for a read that
 * loads, `cache.lease`, `cache.load` (with whatever the loader does inside) and `cache.write`. A background refresh is a
 * trace of its own, with a link to the read that asked for it. No span holds a key, a tag or a message.
 *
 * `cache.start()` rejects with `FEATURE_MISSING` without @opentelemetry/api; what runs before has no spans.
 */
export function tracingPlugin(options: TracingOptions = {}): CachePlugin {
  const middleware = new TracingCacheMiddleware(options);
  let loading: Promise<void> = Promise.resolve();
  return {
    name: 'tracing',
    middleware: [middleware],
    attach() {
      loading = middleware.load();
      loading.catch(() => undefined); // `start` tells of it
    },
    start: () => loading,
  };
}

/** Of stores that have a name in the semantic conventions for databases; Dragonfly is spoken to as Redis. */
const DATABASES: Readonly<Record<string, string>> = { redis: 'redis', dragonfly: 'redis' };

class TracingCacheMiddleware implements ICacheMiddleware {
  readonly name = 'tracing';
  /** Not there if hits have spans: they go through {@link handle} then. */
  readonly onFreshHit?: () => void;
  readonly #provider: TracerProvider | undefined;
  readonly #templates: TemplateNames;
  #api: Api | null = null;

  constructor({ tracerProvider, hits = true, maxTemplates = 100 }: TracingOptions) {
    this.#provider = tracerProvider;
    this.#templates = new TemplateNames(maxTemplates);
    if (!hits) this.onFreshHit = () => undefined;
  }

  /** @throws CacheError `FEATURE_MISSING` without @opentelemetry/api */
  async load(): Promise<void> {
    const load = (): Promise<Api> => import('@opentelemetry/api');
    this.#api = await loadPeer('@opentelemetry/api', 'tracingPlugin()', load);
  }

  handle<R extends OperationResult>(operation: CacheOperation, next: () => Promise<R>): Promise<R> {
    const { strategy, options } = operation;
    const kind = kindOf(operation);
    const labels = {
      operation: kind,
      template: this.#templates.of(operation.template),
      ...(strategy !== null && { strategy }),
      ...(options !== null && { level: options.complianceLevel }),
    };
    return this.#traced(`cache.${kind}`, { attributes: attributesOf(labels) }, next, (result) => {
      const { outcome, tier } = result;
      return attributesOf({ outcome, ...(tier !== null && { tier }) });
    });
  }

  aroundStep<T>(
    { step, template, level, store }: LoadStepInfo,
    work: () => Promise<T>,
    outcomeOf: (result: T) => string,
  ): Promise<T> {
    const labels = { operation: step, template: this.#templates.of(template), level };
    const database = step === 'lease' || step === 'write' ? DATABASES[store] : undefined;
    const options: SpanOptions = {
      attributes: {
        ...attributesOf(labels),
        ...(database !== undefined && { 'db.system.name': database }),
      },
      ...(step === 'refresh' && this.#api && asOwnTrace(this.#api)),
    };
    const ended = (result: T): Attributes => attributesOf({ outcome: outcomeOf(result) });
    return this.#traced(`cache.${step}`, options, work, ended);
  }

  #traced<T>(
    name: string,
    options: SpanOptions,
    work: () => Promise<T>,
    ended: (result: T) => Attributes,
  ): Promise<T> {
    const api = this.#api;
    if (!api) return work();
    const given = { kind: api.SpanKind.INTERNAL, ...options };
    const run = async (span: Span): Promise<T> => {
      try {
        const result = await work();
        quietly(api, () => span.setAttributes(ended(result)));
        return result;
      } catch (error) {
        quietly(api, () => noteFailure(api, span, error));
        throw error;
      } finally {
        quietly(api, () => span.end());
      }
    };
    let running = undefined as Promise<T> | undefined;
    quietly(api, () => {
      const tracer = (this.#provider ?? api.trace).getTracer(SCOPE);
      void tracer.startActiveSpan(name, given, (span) => (running = run(span)));
    });
    return running ?? work();
  }
}

/** Samplers and span processors are the application's: what they throw is told where OpenTelemetry tells such, and to no reader. */
function quietly({ diag }: Api, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    diag.error(`A span of the cache is lost, or part of it: ${name}`);
  }
}

/** A refresh goes on when the read that asked for it has long had its answer. */
function asOwnTrace({ trace }: Api): SpanOptions {
  const asking = trace.getActiveSpan()?.spanContext();
  return { root: true, links: asking ? [{ context: asking }] : [] };
}

/** What the error is called, never what it says: `_OTHER` is the conventions' word for what has no name of its own. */
function noteFailure({ SpanStatusCode }: Api, span: Span, error: unknown): void {
  const code = isCacheError(error) ? error.code : '_OTHER';
  span.setAttributes({ ...attributesOf({ outcome: 'failed' }), 'error.type': code });
  span.setStatus({ code: SpanStatusCode.ERROR });
}
