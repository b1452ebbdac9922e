import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { EnvironmentReader } from '@vitalcache/core';
import type { Keyring, KeyringItem, KeyringList } from '@vitalcache/healthcare-phi';
import type { Command } from 'commander';

import { configured, type CommandRun, type CommandSet } from '../command.js';
import { CliError } from '../cli.error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { loadHealthcare, type Healthcare } from '../setup/healthcare.js';
import { replaceSecret, writeSecret } from '../setup/secret-file.js';

interface GenerateOptions {
  readonly out: string;
}

const LISTS = ['kek', 'index', 'audit'] as const satisfies readonly KeyringList[];

/** `keyring generate | add | status` */
export function addKeyring(program: Command, commands: CommandSet): void {
  const keyring = program
    .command('keyring')
    .description('make and look at the file of secret keys');
  commands.add<GenerateOptions>(
    keyring,
    'generate',
    'make a keyring with a new key in each list; for CACHE_KEYRING_FILE',
    generate,
    (command) =>
      command.requiredOption('--out <file>', 'file to make; its owner alone can read it'),
  );
  commands.add(
    keyring,
    'add <list> <file>',
    'add a new key (decrypt-only) to kek, index or audit: the first step of an exchange',
    add,
  );
  commands.add(
    keyring,
    'enable <list> <id> <file>',
    'use a key for what is new: the second step, when every process has it',
    enable,
  );
  commands.add(
    keyring,
    'destroy <list> <id> <file>',
    'remove an old key: the last step, when nothing that needs it is alive',
    destroy,
  );
  commands.add(
    keyring,
    'status [file]',
    'list ids and states of the keys in a file (default: CACHE_KEYRING_FILE); never the keys',
    status,
    configured,
  );
}

async function generate(run: CommandRun<GenerateOptions>): Promise<ExitCode> {
  const tools = await keyTools(run);
  const path = resolve(run.io.cwd, run.options.out);
  await writeSecret(path, tools.generateKeyring());
  print(tools.loadKeyring(path), run);
  run.output.line();
  run.output.line(
    `Made ${path}. Set CACHE_KEYRING_FILE to it, and keep a copy where backups of the store are not.`,
  );
  return EXIT.ok;
}

async function add(run: CommandRun<object>, list: string, file: string): Promise<ExitCode> {
  const tools = await keyTools(run);
  const name = listOf(list);
  const path = resolve(run.io.cwd, file);
  tools.loadKeyring(path); // says what is wrong with it
  const ring = JSON.parse(await readFile(path, 'utf8')) as Partial<
    Record<KeyringList, readonly KeyringItem[]>
  >;
  const item = tools.generateRingKey(name);
  const first = (ring[name] ?? []).length === 0;
  const items = [...(ring[name] ?? []), first ? { ...item, state: 'enabled' } : item];
  await replaceSecret(path, `${JSON.stringify({ ...ring, [name]: items }, null, 2)}\n`);
  print(tools.loadKeyring(path), run);
  return EXIT.ok;
}

async function enable(
  run: CommandRun<object>,
  list: string,
  id: string,
  file: string,
): Promise<ExitCode> {
  return change(run, file, (text, tools) => tools.enableRingKey(text, listOf(list), id));
}

async function destroy(
  run: CommandRun<object>,
  list: string,
  id: string,
  file: string,
): Promise<ExitCode> {
  return change(run, file, (text, tools) => tools.destroyRingKey(text, listOf(list), id));
}

async function change(
  run: CommandRun<object>,
  file: string,
  step: (text: string, tools: Healthcare) => string,
): Promise<ExitCode> {
  const tools = await keyTools(run);
  const path = resolve(run.io.cwd, file);
  tools.loadKeyring(path); // says what is wrong with it
  await replaceSecret(path, step(await readFile(path, 'utf8'), tools));
  print(tools.loadKeyring(path), run);
  return EXIT.ok;
}

/** @throws CliError */
function listOf(list: string): KeyringList {
  const name = LISTS.find((one) => one === list);
  if (name) return name;
  throw new CliError(`${JSON.stringify(list)} is no list; accepted: ${LISTS.join(', ')}`);
}

async function status(run: CommandRun<object>, file?: string): Promise<ExitCode> {
  const tools = await keyTools(run);
  print(
    file === undefined ? fromVariables(run, tools) : tools.loadKeyring(resolve(run.io.cwd, file)),
    run,
  );
  return EXIT.ok;
}

function keyTools({ io }: CommandRun<object>): Promise<Healthcare> {
  return loadHealthcare(io.cwd, 'the keyring is its');
}

/** @throws CliError, CacheError `CONFIG_INVALID` */
function fromVariables({ env }: CommandRun<object>, tools: Healthcare): Keyring {
  const reader = new EnvironmentReader(env);
  const keyring = tools.readKeyring(reader);
  reader.assertValid();
  if (keyring) return keyring;
  throw new CliError(
    'Give the keyring’s file, or set CACHE_KEYRING_FILE; `vitalcache keyring generate` makes one',
  );
}

function print(keyring: Keyring, { output }: CommandRun<object>): void {
  const keys = LISTS.flatMap((list) => keyring[list].map(({ id, state }) => ({ list, id, state })));
  output.table(
    ['list', 'id', 'state'],
    keys.map(({ list, id, state }) => [list, id, state]),
  );
  output.json({ keys });
}
