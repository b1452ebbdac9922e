import { deserialize, serialize } from 'node:v8';

import { fhirBundle } from '../measuring/fhir-bundle.js';
import { expectValue } from './expect-value.js';
import { internals } from '../measuring/internals.js';
import type { IScenario, ScenarioContext } from './scenario.js';
import { TimedWay } from './timed.way.js';

const MAX_BYTES = 2 ** 26;

/** By how large their JSON is. */
const SHAPES: Readonly<Record<string, unknown>> = {
  '0.6 kB': fhirBundle(0),
  '4 kB': fhirBundle(8),
  '20 kB': fhirBundle(42),
  '140 kB': fhirBundle(300),
  '20 kB with dates': dated(),
};

/** What plain JSON can't say. */
function dated(): unknown {
  const bundle = fhirBundle(42) as { entry: object[] };
  return { ...bundle, entry: bundle.entry.map((entry) => ({ ...entry, read: new Date(0) })) };
}

interface Codec {
  encodeValue(value: unknown, maxBytes: number): object;
  decodeValue(payload: object, maxBytes: number): unknown;
}

interface Work {
  readonly name: string;
  readonly encode: (value: unknown) => unknown;
  readonly decode: (encoded: never) => unknown;
}

const codecScenario = (
  name: string,
  title: string,
  operationOf: (work: Work, value: unknown) => () => unknown,
): IScenario => ({
  name,
  title,
  unit: 'us',
  reference: 'JSON',
  axis: 'bundle',
  async open({ sizes }: ScenarioContext) {
    const codec = await internals<Codec>('@vitalcache/core', './entry/value.codec.js');
    const works: Work[] = [
      {
        name: 'vitalcache',
        encode: (value) => codec.encodeValue(value, MAX_BYTES),
        decode: (payload: object) => codec.decodeValue(payload, MAX_BYTES),
      },
      { name: 'JSON', encode: JSON.stringify, decode: JSON.parse },
      { name: 'v8', encode: serialize, decode: deserialize },
    ];
    return Object.entries(SHAPES).flatMap(([at, value]) =>
      works
        .filter((work) => work.name !== 'JSON' || !at.endsWith('dates'))
        .map((work) => {
          const operation = operationOf(work, value);
          return new TimedWay({
            name: work.name,
            at,
            unit: 'us',
            roundMs: sizes.roundMs / 2,
            operation: async () => operation(),
            check: async () => {
              const back = work.decode(work.encode(value) as never);
              expectValue('the value after both', back, value);
            },
          });
        }),
    );
  },
});

/** A value to bytes, and back. */
export const codecScenarios: readonly IScenario[] = [
  codecScenario(
    'encode',
    'A bundle as FHIR servers answer, to bytes.',
    ({ encode }, value) =>
      () =>
        encode(value),
  ),
  codecScenario('decode', 'The same, from bytes to a value.', ({ encode, decode }, value) => {
    const encoded = encode(value) as never;
    return () => decode(encoded);
  }),
];
