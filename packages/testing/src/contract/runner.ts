type Body = () => void | Promise<void>;

/** What the contract suites use of a test runner, as Jest has it. */
export interface TestRunner {
  describe: ((name: string, body: () => void) => void) & {
    skip: (name: string, body: () => void) => void;
  };
  it: (name: string, body: Body, timeoutMs?: number) => void;
  beforeAll: (body: Body, timeoutMs?: number) => void;
  afterAll: (body: Body, timeoutMs?: number) => void;
}

/**
 * The runner whose globals are there.
 * @throws Error if there is none
 */
export function runner(): TestRunner {
  const found = globalThis as Partial<TestRunner>;
  const { describe, it, beforeAll, afterAll } = found;
  if (!describe || !it || !beforeAll || !afterAll) {
    throw new Error(
      'describe, it, beforeAll and afterAll must be globals: use Jest, or a runner with the same globals.',
    );
  }
  return found as TestRunner;
}
