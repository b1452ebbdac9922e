import type { StoreExposure, StoreFindings } from '@vitalcache/provider-redis';
import type { Command } from 'commander';

import { configured, type CommandRun, type CommandSet } from '../command.js';
import { explained } from '../cli.error.js';
import type { CheckState, Finding } from '../doctor/finding.js';
import { checkAudit } from '../doctor/audit.checks.js';
import { checkJournal } from '../doctor/journal.checks.js';
import { checkKeyStore } from '../doctor/key-store.checks.js';
import { checkKeyring, isHealthcare } from '../doctor/keyring.checks.js';
import { checkProcess } from '../doctor/process.checks.js';
import { checkStores } from '../doctor/store.checks.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Output, Style } from '../output/output.js';
import { count } from '../output/words.js';
import type { Configuration } from '../setup/configuration.js';
import { namedStore, unreachable, type NamedStore, type SharedStore } from '../setup/store.js';

interface DoctorOptions {
  readonly user?: string;
  readonly strict?: boolean;
}

/** What providers over Redis add to the contract. */
type DescribedStore = SharedStore & {
  describe?(): Promise<readonly StoreFindings[]>;
  exposure?(user?: string): Promise<readonly StoreExposure[]>;
};

const SIGNS: Readonly<Record<CheckState, readonly [sign: string, style: Style]>> = {
  ok: ['✔', 'green'],
  warning: ['!', 'yellow'],
  problem: ['✖', 'red'],
  unknown: ['?', 'dim'],
};

/** `doctor` */
export function addDoctor(program: Command, commands: CommandSet): void {
  commands.add<DoctorOptions>(
    program,
    'doctor',
    'check how store, keys, audit and process are set up, and say what to change',
    examine,
    (command) =>
      configured(command)
        .option(
          '--user <name>',
          'ACL user of the cache, where the doctor signs in as an administrator',
        )
        .option('--strict', 'exit with 1 for warnings too'),
  );
}

/** What was found, and whether everything that was asked answered. */
interface Examination {
  readonly findings: readonly Finding[];
  readonly isReachable: boolean;
}

async function examine(run: CommandRun<DoctorOptions>): Promise<ExitCode> {
  const { io, options, output } = run;
  const configuration = run.configuration();
  const store = await namedStore(configuration);
  const ofProcess = checkProcess(io, configuration);
  const { isReachable, findings } = await examineAll(store, configuration, options.user);
  const all = [...ofProcess, ...findings];
  print(all, output);
  output.json({ namespace: configuration.namespace, findings: all });
  if (!isReachable) return EXIT.unreachable;
  const bad = all.filter(
    ({ state }) => state === 'problem' || (options.strict === true && state === 'warning'),
  );
  return bad.length > 0 ? EXIT.found : EXIT.ok;
}

async function examineAll(
  { provider, lastState }: NamedStore,
  configuration: Configuration,
  user: string | undefined,
): Promise<Examination> {
  try {
    await provider.connect?.();
    const isReachable = (await provider.status?.())?.connected !== false;
    const exposed = isReachable ? await exposureOf(provider, user) : [];
    const ofStore = isReachable
      ? await checkStore(provider, configuration.namespace, exposed)
      : [unanswered(lastState())];
    if (!isHealthcare(configuration)) return { isReachable, findings: ofStore };
    const { keyring, findings: ofKeys } = await checkKeyring(configuration);
    const keyStore = await checkKeyStore(configuration, exposed);
    const ofAudit = await checkAudit(configuration, keyring);
    return {
      isReachable: isReachable && keyStore.isReachable,
      findings: [...ofStore, ...ofKeys, ...ofAudit, ...keyStore.findings],
    };
  } finally {
    await provider.close?.();
  }
}

async function exposureOf(
  store: DescribedStore,
  user: string | undefined,
): Promise<readonly StoreExposure[]> {
  return (await store.exposure?.(user)) ?? [];
}

async function checkStore(
  store: DescribedStore,
  namespace: string,
  exposed: readonly StoreExposure[],
): Promise<readonly Finding[]> {
  const described = (await store.describe?.()) ?? [];
  const ofJournal = await checkJournal(store, namespace).catch((error: unknown) => [
    unreadableJournal(namespace, error),
  ]);
  return [...checkStores(described, exposed), ...ofJournal];
}

function unanswered(state: string): Finding {
  const { message } = unreachable(state);
  return { check: 'reachable', state: 'problem', subject: 'store', message };
}

function unreadableJournal(namespace: string, error: unknown): Finding {
  const { line } = explained(error);
  return { check: 'journal', state: 'problem', subject: `namespace ${namespace}`, message: line };
}

function print(findings: readonly Finding[], output: Output): void {
  const width = Math.max(0, ...findings.map(({ check }) => check.length));
  let subject: string | undefined;
  for (const finding of findings) {
    if (finding.subject !== subject) output.line(output.paint('bold', finding.subject));
    subject = finding.subject;
    const [sign, style] = SIGNS[finding.state];
    output.line(`${output.paint(style, sign)} ${finding.check.padEnd(width)}  ${finding.message}`);
  }
  const number = (wanted: CheckState): number =>
    findings.filter(({ state }) => state === wanted).length;
  const sums = [count(number('problem'), 'problem'), count(number('warning'), 'warning')];
  output.line();
  output.line(`${sums.join(', ')}, ${number('unknown')} that could not be told`);
}
