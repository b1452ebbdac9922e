import type { Beside } from '../results/ahead.js';

/** By scenario, then by cache; `*`: whoever else. */
type Reasons = Readonly<Record<string, Readonly<Record<string, string>>>>;

const OWN_TIER =
  'It hands out the object that it holds, which whoever reads it can change for all, and knows of no invalidation by another process: no journal is looked at, nothing is counted.';
const SHARED_TIER =
  'It takes what the store gives for true: no checksum, no look at the journal, no frozen value, no budget for a store that hangs (races “missed invalidation”, “store down”).';
const MISS =
  'It loads in every process at once and stores whatever comes last. Here a lease lets one process load, and the write is refused if something later is there: three scripts more at the store (races “stale set”, “stampede of two processes”).';

/** Why another cache does a scenario’s work in less time: what it leaves out. */
const REASONS: Reasons = {
  'l1-hit': { '*': OWN_TIER },
  'two-tiers': { '*': OWN_TIER },
  'stale-hit': { '*': OWN_TIER },
  'l2-hit-1': {
    '*': `${SHARED_TIER} One caller alone also waits until the end of its turn, in which others might have asked.`,
  },
  'l2-hit-64': { '*': SHARED_TIER },
  'l2-hit-64-texts': { '*': SHARED_TIER },
  'l2-hit-512': { '*': SHARED_TIER },
  'cold-miss': { '*': MISS },
  stampede: { '*': MISS },
  'stampede-processes': {
    '*': 'Each process loads for itself, so nobody waits for another one: as many loads as processes, where here there is one.',
  },
  'batch-get': { '*': SHARED_TIER },
  'batch-set': {
    '*': 'It writes and says nothing to other processes, which go on with what they hold. Here each key is a record of the journal, and a write that never replaces a later one.',
  },
  'tag-invalidation': {
    '*': 'It notes the tag in the store and tells other processes by a message that may be lost (race “missed invalidation”); here it is done when the record is in the journal.',
  },
  'pattern-removal': {
    '*': 'It scans and unlinks. Here the pattern is a record of the journal first, after which nobody serves what it matches, nor stores what was loaded before.',
  },
  'memory-per-entry': {
    '*': 'It keeps the value and when it ends. Here an entry also knows its tags, its place in the journal, its schema and how often it was loaded.',
  },
  'store-killed': {
    '*': 'It fails at once: reads end sooner, with an error (see its errors in the report).',
  },
};

/** Why it is ahead; `null` if nobody has found out. */
export function reasonFor(scenario: string, { peer }: Pick<Beside, 'peer'>): string | null {
  const reasons = REASONS[scenario];
  return reasons?.[peer] ?? reasons?.['*'] ?? null;
}
