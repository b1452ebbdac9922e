import type { SharedStore } from '../setup/store.js';
import { duration } from '../output/words.js';
import { Findings, type Finding } from './finding.js';

/** Whether the namespace has a journal, and of what kind. */
export async function checkJournal(
  provider: SharedStore,
  namespace: string,
): Promise<readonly Finding[]> {
  const findings = new Findings(`namespace ${namespace}`);
  const log = provider.journal(namespace);
  const [newest] = await log.readBackwards(Number.MAX_SAFE_INTEGER, 1);
  if (!newest) {
    const message = `There is none yet: no cache with this name has started. If one has, set CACHE_NAMESPACE as it has it.`;
    findings.note('journal', 'warning', message);
    return findings.list;
  }
  const [, mark = ''] = newest.constants.split(';');
  const names = mark === 'xxh64' ? 'names in clear' : 'names are keyed';
  const age = duration(Math.max(0, Date.now() - newest.stamp / 1_000));
  findings.note('journal', 'ok', `newest record ${age} old, ${names}`);
  return findings.list;
}
