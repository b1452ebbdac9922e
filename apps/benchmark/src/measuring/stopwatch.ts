/** What some work took. */
export interface Spent {
  readonly wallMs: number;
  /** Of this process on a processor: others on the machine disturb it little. */
  readonly cpuMs: number;
}

/** Does some work and says what it took. */
export async function timed(work: () => Promise<unknown>): Promise<Spent> {
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1_000 };
}

/** Does `calls` calls, `concurrent` at a time. */
export async function repeat(
  calls: number,
  concurrent: number,
  call: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < calls) await call(next++);
  };
  await Promise.all(Array.from({ length: Math.min(calls, concurrent) }, caller));
}
