import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { context, type Attributes } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';

/** A span and those inside it, in the order in which they began. */
export interface SpanTree {
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: readonly SpanTree[];
}

/** An SDK that keeps spans in memory, with contexts that follow async calls. Close it: contexts are the process's. */
export class RecordedSpans {
  readonly #exporter = new InMemorySpanExporter();
  readonly provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.#exporter)],
  });

  constructor() {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  get all(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  /** What has no parent, with all that is inside. */
  get trees(): readonly SpanTree[] {
    const below = (parent: string | undefined): SpanTree[] =>
      this.all
        .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
        .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
        .map((span) => ({
          name: span.name,
          attributes: span.attributes,
          children: below(span.spanContext().spanId),
        }));
    return below(undefined);
  }

  clear(): void {
    this.#exporter.reset();
  }

  async close(): Promise<void> {
    await this.provider.shutdown();
    context.disable();
  }
}

/** Names only, as nested lists. */
export function outline({ name, children }: SpanTree): unknown {
  return children.length === 0 ? name : [name, children.map(outline)];
}
