import { fhirBundle } from '../measuring/fhir-bundle.js';
import { expectValue } from './expect-value.js';
import { internals } from '../measuring/internals.js';
import type { IScenario, ScenarioContext, Way } from './scenario.js';
import { TimedWay } from './timed.way.js';

const MAX_BYTES = 2 ** 26;
const BUNDLE = fhirBundle(42);

interface Packed {
  readonly payload: Buffer;
  readonly rawLength: number;
}

interface Codec {
  encodeValue(value: unknown, maxBytes: number, compression?: object): Packed;
  decodeValue(payload: Packed, maxBytes: number): unknown;
}

/** What compressing costs and saves. */
export const compressionScenario: IScenario = {
  name: 'compression',
  title:
    'A bundle of 20 kB encoded and compressed, and the way back, by compressor; beside it the share of the bytes that is left.',
  unit: 'us',
  reference: 'none',
  axis: 'compressor',
  async open({ sizes }: ScenarioContext) {
    const codec = await internals<Codec>('@vitalcache/core', './entry/value.codec.js');
    const zstd = 'zstdCompressSync' in (await import('node:zlib')) ? ['zstd'] : [];
    return ['none', 'snappy', 'gzip', 'brotli', ...zstd].flatMap((compressor) =>
      waysOf(codec, compressor, sizes.roundMs),
    );
  },
};

function waysOf(codec: Codec, compressor: string, roundMs: number): Way[] {
  const encode = (): Packed =>
    codec.encodeValue(BUNDLE, MAX_BYTES, { compressor, thresholdBytes: 0 });
  const packed = encode();
  const left = (100 * packed.payload.length) / packed.rawLength;
  const way = (name: string, operation: () => unknown): Way =>
    new TimedWay({
      name,
      at: compressor,
      unit: 'us',
      roundMs,
      operation: async () => operation(),
      check: async () => {
        expectValue('the value after both', codec.decodeValue(encode(), MAX_BYTES), BUNDLE);
      },
      details: async () => async () => ({ '% of the bytes': left }),
    });
  return [way('encode', encode), way('decode', () => codec.decodeValue(packed, MAX_BYTES))];
}
