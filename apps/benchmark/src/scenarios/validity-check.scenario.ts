import { expectValue } from './expect-value.js';
import { internals } from '../measuring/internals.js';
import type { IScenario, ScenarioContext } from './scenario.js';
import { TimedWay } from './timed.way.js';

const CHECKS = 1_000;
const EPOCH = { stamp: 1, nonce: 1 };
const FENCE = { epoch: EPOCH, position: 1 };

interface ValidityModule {
  Validity: new (slots: number) => {
    readonly newest: number;
    startAt(record: object): void;
    lowerFloor(stamp: number): void;
    raise(record: object): void;
    verdict(subject: unknown, fence: typeof FENCE, checkedAt: number): string;
  };
}

interface CoverModule {
  readonly subjectOf: (key: string, tagHashes: Uint32Array) => unknown;
}

/** What being right costs on top of a hit in the own process. */
export const validityCheckScenario: IScenario = {
  name: 'validity-check',
  title:
    'Whether an entry with one tag is valid by the journal: with nothing new since its last check, and with a look into ' +
    'the sketch for each of its hashes.',
  unit: 'ns',
  reference: 'nothing new',
  async open({ sizes }: ScenarioContext) {
    const { Validity } = await internals<ValidityModule>(
      '@vitalcache/core',
      './validity/validity.js',
    );
    const { subjectOf } = await internals<CoverModule>(
      '@vitalcache/core',
      './validity/cover-hash.js',
    );
    const at = (stamp: number, body: object): object => ({
      stamp,
      nonce: stamp,
      epoch: EPOCH,
      previous: null,
      body,
    });
    const validity = new Validity(2 ** 20);
    validity.startAt(at(1, { kind: 'genesis' }));
    validity.lowerFloor(1);
    validity.raise(at(2, { kind: 'hashes', hashes: new Uint32Array([7, 9]) }));
    const subjects = Array.from({ length: CHECKS }, (_, i) =>
      subjectOf(`users:${i}`, new Uint32Array(2)),
    );
    const way = (name: string, checkedAt: () => number): TimedWay => {
      const check = async (): Promise<void> => {
        const since = checkedAt();
        const odd = subjects.filter((one) => validity.verdict(one, FENCE, since) !== 'valid');
        expectValue('entries that are not valid', odd.length, 0);
      };
      return new TimedWay({
        name,
        unit: 'ns',
        roundMs: sizes.roundMs,
        perCall: CHECKS,
        operation: check,
        check,
      });
    };
    return [way('nothing new', () => validity.newest), way('probing', () => 0)];
  },
};
