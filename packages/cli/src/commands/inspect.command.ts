import { EntryInspector, type InspectedEntry, type InspectedValidity } from '@vitalcache/core';
import type { Command } from 'commander';

import { configured, type CommandRun, type CommandSet } from '../command.js';
import { CliError } from '../cli.error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { hasSecretNames } from '../output/record-line.js';
import type { Cell } from '../output/table.js';
import { bytes, duration } from '../output/words.js';
import type { Configuration } from '../setup/configuration.js';
import { secretNames } from '../setup/healthcare-cache.js';
import { withStore, type SharedStore } from '../setup/store.js';

interface InspectOptions {
  readonly schemaVersion?: string;
  readonly tenant: string;
}

const MEANING: Readonly<Record<InspectedValidity, string>> = {
  valid: 'valid: no invalidation covers it',
  stale: 'stale: softly invalidated, served while it is refreshed',
  covered: 'covered: an invalidation is later than its load, nobody is served it',
  unknown: 'unknown: the journal no longer reaches back to its load',
};

/** `inspect <key>` */
export function addInspect(program: Command, commands: CommandSet): void {
  commands.add<InspectOptions>(
    program,
    'inspect <key>',
    'show what the store holds of a key: ages, fence, whether it is valid; never the value',
    inspect,
    (command) =>
      configured(command)
        .option('--tenant <id>', 'of protected data: whose', 'default')
        .option('--schema-version <number>', 'version of the value’s shape, if the cache has one'),
  );
}

async function inspect(run: CommandRun<InspectOptions>, key: string): Promise<ExitCode> {
  const { output, options } = run;
  const configuration = run.configuration();
  const { namespace } = configuration;
  const version = versionOf(options.schemaVersion);
  const entries = await withStore(configuration, async (provider) => {
    const inspector = await inspectorOf(provider, configuration);
    const own = await inspector.inspect(key, version);
    return [...(own ? [own] : []), ...(await inspector.inspectKeptApart(key, options.tenant))];
  });
  const now = Date.now();
  output.json({ namespace, entries: entries.map((entry) => documentOf(entry, now)) });
  if (entries.length === 0) {
    output.line(`Nothing is stored for this key in namespace ${namespace}.`);
    return EXIT.found;
  }
  for (const [i, entry] of entries.entries()) {
    if (i > 0) output.line();
    output.facts(factsOf(entry, namespace, now));
  }
  return EXIT.ok;
}

/** @throws CliError if names are a secret that the variables don't tell */
async function inspectorOf(
  provider: SharedStore,
  configuration: Configuration,
): Promise<EntryInspector> {
  const { namespace } = configuration;
  const log = provider.journal(namespace);
  const [newest] = await log.readBackwards(Number.MAX_SAFE_INTEGER, 1);
  const isSecret = newest !== undefined && hasSecretNames(newest);
  const names = isSecret ? await secretNames(configuration) : undefined;
  if (!isSecret) return new EntryInspector({ provider, namespace, log });
  if (names) return new EntryInspector({ provider, namespace, log, names });
  throw new CliError(
    `Names in namespace ${namespace} are a secret: set CACHE_KEYRING_FILE as the application has it`,
  );
}

function versionOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new CliError(`--schema-version is ${JSON.stringify(text)}; accepted: 0 to 65535`);
}

function factsOf(
  entry: InspectedEntry,
  namespace: string,
  now: number,
): readonly (readonly [string, Cell])[] {
  const { fence, coveredBy, storedBytes, compressor } = entry;
  const isOver = entry.expiresAt <= now;
  return [
    ['namespace', namespace],
    ['validity', MEANING[entry.validity]],
    ...(coveredBy === null ? [] : [['covered by', timeOfStamp(coveredBy)] as const]),
    ['age', duration(now - entry.createdAt)],
    ['fresh', entry.staleAt > now ? `for ${duration(entry.staleAt - now)}` : 'no more'],
    ['expires', isOver ? 'expired' : `in ${duration(entry.expiresAt - now)}`],
    [
      'kept',
      entry.keptUntil > entry.expiresAt ? `for failures, ${until(entry, now)}` : 'no longer',
    ],
    ['load took', duration(entry.loadMs)],
    ['fence', `${fence.position} of epoch ${fence.epoch.stamp}-${fence.epoch.nonce}`],
    ['value', valueOf(entry)],
    ['stored', `${bytes(storedBytes)}, ${compressor === 'none' ? 'not compressed' : compressor}`],
    ['schema version', entry.schemaVersion],
    ['cover hashes', entry.coverHashes.length / 2],
  ];
}

function valueOf({ isSealed, isNegative, codec, rawBytes }: InspectedEntry): string {
  if (isSealed) return 'sealed';
  return isNegative ? 'nothing (null)' : `${codec}, ${bytes(rawBytes)}`;
}

function until({ keptUntil }: InspectedEntry, now: number): string {
  return keptUntil > now ? `${duration(keptUntil - now)} more` : 'over';
}

function documentOf({ coverHashes, ...entry }: InspectedEntry, now: number) {
  return {
    ...entry,
    coverHashes: coverHashes.length / 2,
    ageMs: now - entry.createdAt,
    freshForMs: entry.staleAt - now,
    expiresInMs: entry.expiresAt - now,
  };
}

/** Stamps are microseconds. */
function timeOfStamp(stamp: number): string {
  return `${stamp} (${new Date(Math.floor(stamp / 1_000)).toISOString()})`;
}
