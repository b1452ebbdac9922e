/** What the process ends with. */
export const EXIT = {
  /** All is well. */
  ok: 0,
  /** The command ran, and found something that somebody should look at. */
  found: 1,
  /** It could not run as it was asked to: command line, variables, a missing package, a file. */
  usage: 2,
  /** What it needs did not answer: the store, the key store. */
  unreachable: 3,
  /** A defect of the command. */
  defect: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
