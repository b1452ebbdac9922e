import type { TestRunner } from '../src/contract/runner.js';

type Body = () => void | Promise<void>;

/** What a suite declared, run by hand. */
export interface Outcome {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

/** Runs what `declare` declares on the runner's globals, without reporting it to the real runner. */
export async function outcomeOf(declare: () => void): Promise<Outcome> {
  const tests: { name: string; body: Body }[] = [];
  const before: Body[] = [];
  const after: Body[] = [];
  const skipped: string[] = [];
  let path: readonly string[] = [];
  const within = (name: string, body: () => void): void => {
    const outer = path;
    path = [...outer, name];
    body();
    path = outer;
  };
  const globals: TestRunner = {
    describe: Object.assign(within, { skip: (name: string) => void skipped.push(name) }),
    it: (name, body) => void tests.push({ name: [...path, name].join(' › '), body }),
    beforeAll: (body) => void before.push(body),
    afterAll: (body) => void after.push(body),
  };
  replacing(globals, declare);

  for (const body of before) await body();
  const passed: string[] = [];
  const failed: string[] = [];
  for (const { name, body } of tests) {
    const isGood = await Promise.resolve()
      .then(body)
      .then(
        () => true,
        () => false,
      );
    (isGood ? passed : failed).push(name);
  }
  for (const body of after) await body();
  return { passed, failed, skipped };
}

function replacing(globals: TestRunner, action: () => void): void {
  const target = globalThis as unknown as Record<string, unknown>;
  const originals = Object.keys(globals).map((name) => [name, target[name]] as const);
  Object.assign(target, globals);
  try {
    action();
  } finally {
    for (const [name, original] of originals) target[name] = original;
  }
}
