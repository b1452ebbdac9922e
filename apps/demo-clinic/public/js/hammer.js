import { duration, el } from './dom.js';

const READS = 50;
const READERS = 5;
const WRITES = 5;
const READS_PER_WRITE = READS / (WRITES + 1);

/**
 * Reads and writes one patient at the same time and checks for each read that it brought at least
 * the version of the last write that was acknowledged before the read began.
 *
 * The last write restores the phone number.
 * @param {{ read(): Promise<any>, write(patch: object): Promise<any>, phone: string, onProgress(done: number, of: number): void }} task
 */
export async function hammer({ read, write, phone, onProgress }) {
  let acknowledged = 0;
  let written = 0;
  let started = 0;
  const reads = [];
  const faults = [];
  let stopped = false;
  const until = async (isTime) => {
    while (!stopped && !isTime()) await new Promise((resolve) => setTimeout(resolve, 1));
  };

  const reader = async () => {
    while (!stopped && started < READS) {
      started += 1;
      // A few reads overlap each write, the others wait for it: however fast, some come before and some after.
      const turn = started;
      await until(() => turn <= (written + 1) * READS_PER_WRITE + READERS);
      if (stopped) return;
      const floor = acknowledged;
      const answer = await read();
      reads.push(answer);
      const version = versionOf(answer);
      if (version < floor) faults.push({ got: version, floor, outcome: answer.cache.outcome });
      onProgress(reads.length, READS);
    }
  };
  const writer = async () => {
    while (written < WRITES) {
      await until(() => started >= (written + 1) * READS_PER_WRITE);
      if (stopped) return;
      const last = written === WRITES - 1;
      const answer = await write({ phone: last ? phone : `+49 30 23125 ${901 + written}` });
      acknowledged = Math.max(acknowledged, versionOf(answer));
      written += 1;
    }
  };
  const abort = (error) => {
    stopped = true;
    throw error;
  };
  await Promise.all(
    [...Array.from({ length: READERS }, reader), writer()].map((work) => work.catch(abort)),
  );
  return { reads, faults, writes: WRITES };
}

// Without a version every comparison would come out well.
function versionOf({ body }) {
  if (!Number.isInteger(body?.version)) throw new Error('The server did not tell a version');
  return body.version;
}

/** Shows what {@link hammer} found. */
export function drawVerdict(target, { reads, faults, writes }) {
  const good = faults.length === 0;
  const count = (outcome) => reads.filter(({ cache }) => cache.outcome === outcome).length;
  const sorted = reads.map(({ ms }) => ms).sort((a, b) => a - b);
  const percentile = (share) =>
    duration(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  target.replaceChildren(
    el(
      `p.result.${good ? 'good' : 'bad'}`,
      {},
      good
        ? `✔ ${reads.length} reads, ${writes} writes, none stale after a write`
        : `✘ ${faults.length} of ${reads.length} reads were older than a finished write`,
    ),
    el(
      'p.muted',
      {},
      `${count('hit')} hits, ${count('stale')} stale, ${count('miss')} misses. Half of the reads within ${percentile(0.5)}, 95 % within ${percentile(0.95)}.`,
    ),
    ...faults
      .slice(0, 3)
      .map(({ got, floor, outcome }) =>
        el('p.muted', {}, `Got v${got} (${outcome}) although v${floor} was written before.`),
      ),
  );
}
