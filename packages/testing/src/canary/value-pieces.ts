import { inspect } from 'node:util';

/** What a span of any SDK has. */
export interface SpanLike {
  readonly name: string;
  readonly attributes: object;
  readonly events?: unknown;
  readonly links?: unknown;
  readonly status?: unknown;
  readonly resource?: { readonly attributes?: unknown };
  readonly instrumentationScope?: unknown;
}

/** Whatever has more parts is not what was meant to be searched. */
const MAX_OBJECTS = 200_000;

const FULLY = { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity };

/**
 * All text and bytes that can be reached from a value, and the value as it would be printed.
 * @throws Error if it has too many parts
 */
export function* piecesOf(value: unknown): Generator<string | Uint8Array> {
  for (const piece of partsOf(value)) {
    yield piece;
    yield '\u0000';
  }
  const asked = [() => inspect(value, FULLY), () => JSON.stringify(value), () => String(value)];
  for (const print of asked) yield printed(print);
}

export function* spanPieces(spans: readonly SpanLike[]): Generator<string | Uint8Array> {
  for (const { name, attributes, events, links, status, resource, instrumentationScope } of spans) {
    const told = { name, attributes, events, links, status, instrumentationScope };
    yield* piecesOf({ ...told, resource: resource?.attributes });
  }
}

function* partsOf(root: unknown): Generator<string | Uint8Array> {
  const seen = new Set<object>();
  const open: unknown[] = [root];
  while (open.length > 0) {
    const part = open.pop();
    if (typeof part === 'symbol') yield part.description ?? '';
    if ((typeof part !== 'object' && typeof part !== 'function') || part === null) {
      yield String(part);
      continue;
    }
    if (seen.has(part)) continue;
    seen.add(part);
    if (seen.size > MAX_OBJECTS) throw new RangeError('too many objects');
    if (ArrayBuffer.isView(part)) {
      yield new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
    } else if (part instanceof ArrayBuffer) {
      yield new Uint8Array(part);
    } else {
      open.push(...insidesOf(part));
    }
  }
}

function insidesOf(part: object): unknown[] {
  const isCollection = part instanceof Map || part instanceof Set;
  const entries: unknown[] = isCollection ? [...part.entries()] : [];
  const own = Reflect.ownKeys(part).flatMap((name) => [name, valueOf(part, name)]);
  return [...entries, ...own];
}

function valueOf(part: object, name: string | symbol): unknown {
  try {
    return (part as Record<string | symbol, unknown>)[name];
  } catch {
    return undefined; // a getter that gives nothing away
  }
}

/** What printing gives; nothing where it can't be printed in this way. */
function printed(print: () => string | undefined): string {
  try {
    return `${print() ?? ''}\n`;
  } catch {
    return '';
  }
}
