import { Command, InvalidArgumentError, Option } from 'commander';

import { ALL_PEERS } from '../peers/all-peers.js';
import { ALL_RACES } from '../races/all-races.js';
import type { BenchmarkPlan } from '../running/benchmark-plan.js';
import { BUDGETS } from '../results/budgets.js';
import { RESULTS_FOLDER } from '../results/run-files.js';
import { ALL_SCENARIOS } from '../scenarios/all-scenarios.js';
import { SIZES, type Sizes } from '../scenarios/sizes.js';

/** What was asked for on the command line. */
export interface BenchmarkCommand {
  readonly plan: BenchmarkPlan;
  /** Folder of the results. */
  readonly out: string;
  /** File of an older run, to be compared with. */
  readonly compare: string | null;
  /** Whether a budget that is not held is a failure. */
  readonly isCheck: boolean;
}

interface Flags {
  readonly quick?: boolean;
  readonly tiny?: boolean;
  readonly scenario?: readonly string[];
  readonly peer?: readonly string[];
  readonly races: boolean;
  readonly compare?: string;
  readonly check?: boolean;
  readonly out: string;
}

const OWN_PEER = 'vitalcache';
/** What a first look is at. */
const FIRST = ALL_SCENARIOS.filter(
  ({ name, needsTime }) => !needsTime && BUDGETS.some(({ scenario }) => scenario === name),
).map(({ name }) => name);

/** Reads the command line; commander itself answers `--help` and what it does not understand, and ends the process. */
export function readCommand(argv: readonly string[]): BenchmarkCommand {
  const flags = program()
    .parse([...argv])
    .opts<Flags>();
  const sizes: Sizes = SIZES[flags.tiny ? 'tiny' : flags.quick ? 'quick' : 'full'];
  const wanted = flags.scenario ?? (flags.quick ? FIRST : undefined);
  return {
    plan: {
      sizes,
      scenarios: ALL_SCENARIOS.filter(({ name }) => wanted?.includes(name) ?? true),
      races: flags.races && !flags.scenario ? ALL_RACES : [],
      peers: ALL_PEERS.filter(({ name }) => {
        return name === OWN_PEER || (flags.peer?.includes(name) ?? true);
      }),
    },
    out: flags.out,
    compare: flags.compare ?? null,
    isCheck: flags.check ?? false,
  };
}

function program(): Command {
  return new Command('benchmark')
    .description('Vitalcache measured beside other caches: speed, races, budgets, scale.')
    .option('--quick', 'a first look, within a minute: most of what a budget is about, and races')
    .addOption(new Option('--tiny', 'the smallest run: for tests').hideHelp())
    .option('--scenario <name...>', 'only these scenarios, and no races', collect(ALL_SCENARIOS))
    .option('--peer <name...>', 'only these caches beside Vitalcache', collect(ALL_PEERS))
    .option('--no-races', 'only what is timed')
    .option('--compare <file>', 'the JSON of an older run, to say what changed')
    .option('--check', 'exit with 1 if a budget of the scenarios that were run is not held')
    .option('--out <folder>', 'where results go', RESULTS_FOLDER)
    .addHelpText(
      'after',
      () => `\nScenarios: ${namesOf(ALL_SCENARIOS)}\nCaches: ${namesOf(ALL_PEERS)}`,
    );
}

const namesOf = (known: readonly { name: string }[]): string =>
  known.map(({ name }) => name).join(', ');

function collect(known: readonly { name: string }[]) {
  return (value: string, before: readonly string[] = []): string[] => {
    if (known.some(({ name }) => name === value)) return [...before, value];
    throw new InvalidArgumentError(`There are: ${namesOf(known)}.`);
  };
}
