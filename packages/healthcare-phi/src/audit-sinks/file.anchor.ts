import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';

import { checkpointLine, parseLine } from '../audit/audit-line.js';
import type { SignedCheckpoint } from '../audit/audit-checkpoint.js';
import type { AuditAnchor } from './audit-anchor.js';

const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;

/** Takes checkpoints to a file, which must be where those who can change the log have no way to: another mount, another host. */
export class FileAuditAnchor implements AuditAnchor {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async append(checkpoint: SignedCheckpoint): Promise<void> {
    // Opened each time: a mount that went away and came back is written to again. A link is refused.
    const handle = await open(this.#path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
    try {
      await handle.writeFile(`${checkpointLine(checkpoint).text}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }

  /** Rejects if the file is not there: then nothing can be compared. */
  async read(): Promise<readonly SignedCheckpoint[]> {
    const texts = (await readFile(this.#path, 'utf8')).split('\n');
    return texts.map(parseLine).filter((line) => line?.kind === 'checkpoint');
  }
}
