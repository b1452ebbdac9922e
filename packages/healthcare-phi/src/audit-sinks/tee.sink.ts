import { join } from 'node:path';

import { assertOptionNames, CacheError, isCacheError, type OptionNames } from '@vitalcache/core';

import type { AuditHead } from '../audit/audit-record.js';
import type { AuditBatch, AuditSession, AuditSink, AuditSinkHealth } from './audit-sink.js';
import { TeeBranch } from './tee.branch.js';

export interface TeeAuditSinkOptions {
  readonly sinks: readonly AuditSink[];
  /** How many must have taken a batch: all of them, or more than half. */
  readonly need: 'all' | 'quorum';
  /** With `quorum`: a local directory for what the others are behind with; needed then. */
  readonly spoolDirectory?: string;
}

const NAMES: OptionNames<TeeAuditSinkOptions> = {
  sinks: true,
  need: true,
  spoolDirectory: true,
};

/**
 * Keeps the log in several sinks. With `all`, one that is down is as if the audit were. With `quorum`, a batch is taken when
 * more than half have it; what a sink is behind with waits on the local disk, and is brought to it, in order, before anything
 * newer.
 */
export class TeeAuditSink implements AuditSink {
  readonly name: string;
  readonly #need: number;
  readonly #branches: readonly TeeBranch[];

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: TeeAuditSinkOptions) {
    assertOptionNames('TeeAuditSink', options, NAMES);
    const { sinks, need, spoolDirectory } = options;
    if (sinks.length === 0) throw invalid('needs at least one sink');
    if (need === 'quorum' && spoolDirectory === undefined) {
      throw invalid('needs a spoolDirectory with `quorum`, for what a sink is behind with');
    }
    this.name = sinks.map(({ name }) => name).join('+');
    this.#need = need === 'all' ? sinks.length : Math.floor(sinks.length / 2) + 1;
    this.#branches = sinks.map((sink, i) => {
      const path = need === 'quorum' ? join(spoolDirectory as string, `${i}-${sink.name}`) : null;
      return new TeeBranch(sink, path);
    });
  }

  async open(session: AuditSession): Promise<void> {
    const opened = await Promise.allSettled(this.#branches.map((branch) => branch.open(session)));
    this.#assertEnough(
      opened.map(({ status }) => status === 'fulfilled'),
      opened,
    );
  }

  async append(batch: AuditBatch): Promise<boolean> {
    const taken = await Promise.allSettled(this.#branches.map((branch) => branch.append(batch)));
    this.#assertEnough(
      taken.map(({ status }) => status === 'fulfilled'),
      taken,
    );
    const durable = taken.filter((each) => each.status === 'fulfilled' && each.value).length;
    return durable >= this.#need;
  }

  async head(chain?: string): Promise<AuditHead | null> {
    const found = await Promise.allSettled(this.#branches.map(({ sink }) => sink.head(chain)));
    const heads = found.flatMap((each) => (each.status === 'fulfilled' && each.value) || []);
    // Of one chain, the most that any of them has; what others lack of it is on its way to them.
    return heads.sort((a, b) => (chain ? b.seq - a.seq : b.time < a.time ? -1 : 1))[0] ?? null;
  }

  describe(): Readonly<Record<string, string | number | boolean>> {
    const facts: Record<string, string | number | boolean> = {};
    for (const { sink } of this.#branches) {
      for (const [name, value] of Object.entries(sink.describe?.() ?? {})) {
        facts[`${sink.name}.${name}`] = value;
      }
    }
    return facts;
  }

  health(): AuditSinkHealth {
    const down = this.#branches.filter(({ isUp }) => !isUp).map(({ sink }) => sink.name);
    return down.length === 0 ? { isUp: true } : { isUp: false, reason: `down: ${down.join(', ')}` };
  }

  async flush(): Promise<void> {
    await Promise.allSettled(this.#branches.map(({ sink }) => sink.flush()));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#branches.map((branch) => branch.close()));
  }

  #assertEnough(done: readonly boolean[], results: readonly PromiseSettledResult<unknown>[]): void {
    // Set up wrongly is set up wrongly, however many others are not.
    const reasons = results.flatMap((each): unknown[] =>
      each.status === 'rejected' ? [each.reason] : [],
    );
    const invalidOne = reasons.find((reason) => isCacheError(reason, 'CONFIG_INVALID'));
    if (invalidOne) throw invalidOne;
    if (done.filter((isDone) => isDone).length < this.#need) throw reasons[0] as Error;
  }
}

function invalid(what: string): CacheError {
  return new CacheError('CONFIG_INVALID', `A TeeAuditSink ${what}.`);
}
