import type { Command } from 'commander';

import { configured, type CommandRun, type CommandSet } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { bytes, count, duration, printable } from '../output/words.js';
import { withHealthcare } from '../setup/healthcare-cache.js';

interface PatientOptions {
  readonly actor: string;
  readonly reason: string;
  readonly tenant: string;
  readonly role?: readonly string[];
}

/** `patient <id>` */
export function addPatient(program: Command, commands: CommandSet): void {
  commands.add<PatientOptions>(
    program,
    'patient <id>',
    'show what is cached about one person: kinds, ages, counts; never a value. It is recorded in the audit',
    patient,
    (command) =>
      configured(command)
        .requiredOption('--actor <id>', 'who asks; goes into the audit')
        .requiredOption('--reason <text>', 'why; goes into the audit')
        .option('--role <name...>', 'roles of who asks; go into the audit')
        .option('--tenant <id>', 'tenant of the patient', 'default'),
  );
}

async function patient(run: CommandRun<PatientOptions>, patientId: string): Promise<ExitCode> {
  const { output, options } = run;
  const configuration = run.configuration();
  const { namespace } = configuration;
  const { actor, reason, tenant, role: roles = [] } = options;
  const overview = await withHealthcare(
    configuration,
    (line) => output.note(line),
    async ({ tools, plugin }) =>
      tools.runWithAccess({ tenant, actor, roles, purpose: 'SYSADMIN' }, () =>
        tools.overviewOfPatient(plugin.parts, { patientId, reason, namespace }),
      ),
  );
  output.json(overview);
  if (overview.entries === 0) {
    output.line('Nothing is cached of this patient.');
    return EXIT.ok;
  }
  output.table(
    ['kind', 'entries', 'youngest', 'oldest', 'kept for', 'stored'],
    overview.kinds.map(({ kind, entries, youngestMs, oldestMs, keptForMs, storedBytes }) => [
      kind,
      entries,
      duration(youngestMs),
      duration(oldestMs),
      duration(keptForMs),
      bytes(storedBytes),
    ]),
  );
  output.line(`${count(overview.entries, 'entry', 'entries')} in tenant ${printable(tenant)}`);
  return EXIT.ok;
}
