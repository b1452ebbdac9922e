// Records restricted reads until it is killed; says on stdout which of them it was allowed to serve.
import { FileAuditSink, PhiAudit } from '../dist/index.js';

const [directory, spoolDirectory, keyFile] = process.argv.slice(2);
const WRITERS = 32;

const audit = new PhiAudit({
  sink: new FileAuditSink({ directory }),
  signingKey: { file: keyFile },
  spoolDirectory,
  node: 'crashing',
});
await audit.start();

const write = async (writer) => {
  for (let n = 0; ; n++) {
    const requestId = `${process.pid}-${writer}-${n}`;
    await audit.record({
      event: 'read',
      action: 'R',
      outcome: 0,
      actor: 'dr-1',
      tenant: 'default',
      patientId: 'p-1',
      template: 'labs',
      level: 'restricted',
      requestId,
    });
    process.stdout.write(`${requestId}\n`);
  }
};
await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
