import { assertOptionNames, type OptionNames } from '@vitalcache/core';

import { checkpointLine, parseLine } from '../audit/audit-line.js';
import type { SignedCheckpoint } from '../audit/audit-checkpoint.js';
import type { AuditAnchor } from './audit-anchor.js';
import type { RedisAuditClient } from './redis-audit.client.js';

export interface RedisAuditAnchorOptions {
  /** Connection to a server that those who can change the log have no way to. */
  readonly client: RedisAuditClient;
  /** Default: `vc:audit-anchor`. */
  readonly key?: string;
}

const NAMES: OptionNames<RedisAuditAnchorOptions> = {
  client: true,
  key: true,
};

const PAGE = 1_000;

/** Takes checkpoints to a stream of a Redis, which is never trimmed. */
export class RedisAuditAnchor implements AuditAnchor {
  readonly #client: RedisAuditClient;
  readonly #key: string;

  /** @throws CacheError `CONFIG_INVALID` for what there is no option of */
  constructor(options: RedisAuditAnchorOptions) {
    assertOptionNames('RedisAuditAnchor', options, NAMES);
    const { client, key = 'vc:audit-anchor' } = options;
    this.#client = client;
    this.#key = key;
  }

  async append(checkpoint: SignedCheckpoint): Promise<void> {
    await this.#client.call('XADD', this.#key, '*', 'checkpoint', checkpointLine(checkpoint).text);
  }

  async read(): Promise<readonly SignedCheckpoint[]> {
    const found: SignedCheckpoint[] = [];
    for (let from = '-'; ;) {
      const reply = await this.#client.call('XRANGE', this.#key, from, '+', 'COUNT', PAGE);
      const entries = reply as [id: string, fields: string[]][];
      const lines = entries.map(([, [, text = '']]) => parseLine(text));
      found.push(...lines.filter((line) => line?.kind === 'checkpoint'));
      const last = entries.at(-1);
      if (!last || entries.length < PAGE) return found;
      from = `(${last[0]}`;
    }
  }

  async close(): Promise<void> {
    this.#client.disconnect?.();
  }
}
