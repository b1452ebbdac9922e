import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

import type { FhirAuditEvent } from './fhir-audit-event.js';

const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;

/** What a server will never take, kept for somebody to look at; for its owner alone. */
export class DeadLetterFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves when it is on the disk. A link is refused. @param status the server's answer */
  async append(status: number, resource: FhirAuditEvent): Promise<void> {
    const handle = await open(this.#path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ status, resource })}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }
}
