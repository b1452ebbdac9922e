import { createPublicKey } from 'node:crypto';
import { resolve } from 'node:path';

import { EnvironmentReader } from '@vitalcache/core';
import type { AuditFinding, AuditKeyInput } from '@vitalcache/healthcare-phi';
import type { Command } from 'commander';

import { configured, type CommandRun, type CommandSet } from '../command.js';
import { CliError } from '../cli.error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { count, printable } from '../output/words.js';
import type { Healthcare } from '../setup/healthcare.js';
import { writeSecret } from '../setup/secret-file.js';
import { auditTools, logOf, periodOf, type PeriodOptions } from './audit-options.js';

interface VerifyOptions {
  readonly publicKey?: readonly string[];
  readonly anchor?: string;
}

interface ReportOptions extends PeriodOptions {
  readonly patient?: string;
  readonly actor?: string;
  readonly btg?: boolean;
  readonly failures?: boolean;
}

interface ExportOptions extends PeriodOptions {
  readonly fhir?: boolean;
  readonly format: string;
  readonly patient?: string;
  readonly actorSystem?: string;
  readonly patientSystem?: string;
}

interface KeygenOptions {
  readonly out: string;
}

/** `audit verify | report | export | keygen` */
export function addAudit(program: Command, commands: CommandSet): void {
  const audit = program.command('audit').description('verify, read and export the audit log');
  commands.add<VerifyOptions>(
    audit,
    'verify [directory]',
    'check chains, checkpoints and digests; names file and line of what was changed',
    verify,
    (command) =>
      configured(command)
        .option(
          '--public-key <file...>',
          'keys that signed, PEM or JWK; without it the audit keys of the keyring',
        )
        .option(
          '--anchor <file>',
          'checkpoints kept in a second place; shows that the end was cut off',
        ),
  );
  commands.add<ReportOptions>(
    audit,
    'report [directory]',
    'list what was done, to whom and by whom; it names persons',
    report,
    (command) =>
      period(configured(command))
        .option('--patient <id>', 'only about this patient')
        .option('--actor <id>', 'only by or for this person')
        .option('--btg', 'only where a policy was overridden (break-glass)')
        .option('--failures', 'only what was refused or failed'),
  );
  commands.add<ExportOptions>(
    audit,
    'export [directory]',
    'write the log as FHIR R4 AuditEvents to stdout; it names persons',
    exportLog,
    (command) =>
      period(configured(command))
        .requiredOption('--fhir', 'the form of the export')
        .option('--format <name>', 'ndjson or bundle', 'ndjson')
        .option('--patient <id>', 'only about this patient')
        .option('--actor-system <uri>', 'system that actors’ identifiers belong to')
        .option('--patient-system <uri>', 'system that patients’ identifiers belong to'),
  );
  commands.add<KeygenOptions>(
    audit,
    'keygen',
    'make a pair of keys that signs and verifies the log',
    keygen,
    (command) =>
      command.requiredOption(
        '--out <path>',
        'files to make: <path>.pem (private) and <path>.pub.pem',
      ),
  );
}

function period(command: Command): Command {
  return command
    .option('--from <time>', 'from then on: 2026-01-31 or 2026-01-31T12:00:00Z')
    .option('--to <time>', 'before then');
}

async function verify(run: CommandRun<VerifyOptions>, given?: string): Promise<ExitCode> {
  const tools = await auditTools(run);
  const { directory, name } = await logOf(run, given);
  const { anchor } = run.options;
  const found = await tools.verifyAudit(directory, publicKeys(run, tools), {
    ...(name !== undefined && { name }),
    ...(anchor !== undefined && { anchor: new tools.FileAuditAnchor(resolve(run.io.cwd, anchor)) }),
  });
  const { output } = run;
  output.json(found);
  for (const finding of found.findings) {
    const style = finding.severity === 'damage' ? 'red' : 'yellow';
    output.line(
      `${output.paint(style, placeOf(finding))} ${printable(finding.message)} (${finding.kind})`,
    );
  }
  const sums = [
    count(found.records, 'record'),
    count(found.checkpoints, 'checkpoint'),
    count(found.chains, 'chain'),
    count(found.files, 'file'),
  ];
  const style = found.verdict === 'intact' ? 'green' : 'red';
  output.line(`${output.paint(style, found.verdict)}: ${sums.join(', ')}`);
  return found.exitCode;
}

/** @throws CliError if no key is to be had */
function publicKeys(
  { io, env, options }: CommandRun<VerifyOptions>,
  tools: Healthcare,
): readonly AuditKeyInput[] {
  if (options.publicKey) return options.publicKey.map((file) => ({ file: resolve(io.cwd, file) }));
  const reader = new EnvironmentReader(env);
  const keyring = tools.readKeyring(reader);
  reader.assertValid();
  if (keyring && keyring.audit.length > 0)
    return keyring.audit.map(({ key }) => createPublicKey(key));
  throw new CliError(
    'Give the key that verifies with --public-key, or the keyring in CACHE_KEYRING_FILE',
  );
}

function placeOf({ file, line, severity }: AuditFinding): string {
  if (file === undefined) return severity;
  return line === undefined ? file : `${file}:${line}`;
}

async function report(run: CommandRun<ReportOptions>, given?: string): Promise<ExitCode> {
  const tools = await auditTools(run);
  const { patient, actor, btg, failures } = run.options;
  const found = await tools.reportAudit((await logOf(run, given)).directory, {
    ...periodOf(run.options),
    ...(patient !== undefined && { patient }),
    ...(actor !== undefined && { actor }),
    ...(btg && { breakGlass: true }),
    ...(failures && { failures: true }),
  });
  run.output.json(found);
  run.output.line(tools.renderAuditReport(found).trimEnd());
  return EXIT.ok;
}

async function exportLog(run: CommandRun<ExportOptions>, given?: string): Promise<ExitCode> {
  const tools = await auditTools(run);
  const { format, patient, actorSystem, patientSystem } = run.options;
  if (format !== 'ndjson' && format !== 'bundle') {
    throw new CliError(`--format is ${JSON.stringify(format)}; accepted: ndjson, bundle`);
  }
  const { stdout } = run.io;
  const write = async (text: string): Promise<void> => {
    if (stdout.write(text) !== false || !stdout.once) return;
    await new Promise<void>((resume) => stdout.once?.('drain', resume));
  };
  const { directory } = await logOf(run, given);
  const number = await tools.exportFhir(directory, format, write, {
    ...periodOf(run.options),
    ...(patient !== undefined && { patient }),
    ...(actorSystem !== undefined && { actorSystem }),
    ...(patientSystem !== undefined && { patientSystem }),
  });
  run.output.note(`${count(number, 'event')} exported`);
  return EXIT.ok;
}

async function keygen(run: CommandRun<KeygenOptions>): Promise<ExitCode> {
  const tools = await auditTools(run);
  const { keyId, privateKey, publicKey } = tools.generateAuditKeys();
  const path = resolve(run.io.cwd, run.options.out);
  const [privateFile, publicFile] = [`${path}.pem`, `${path}.pub.pem`];
  await writeSecret(privateFile, privateKey);
  await writeSecret(publicFile, publicKey);
  run.output.facts([
    ['key', keyId],
    ['signs', `${privateFile}, for the application alone`],
    ['verifies', `${publicFile}, for those who check the log`],
  ]);
  run.output.json({ keyId, privateFile, publicFile });
  return EXIT.ok;
}
