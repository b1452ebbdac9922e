import type {
  Coverage,
  Epoch,
  IJournalLog,
  JournalHead,
  JournalRecord,
  JournalSlice,
} from '@vitalcache/core';
import type { Redis } from 'ioredis';

import type { RedisConnection } from '../connection/redis-connection.js';
import type { RedisService } from '../connection/redis.service.js';
import { runScript } from '../scripts/run-script.js';
import { encodeCoverage } from './coverage.codec.js';
import { decodeRecord, formatRef, parseRef, type StreamEntry } from './journal-record.codec.js';

/** Records that the stream keeps, about; the server drops the oldest in blocks. */
const JOURNAL_MAX_RECORDS = 262_144;

/** Key of the stream that holds the journal of a namespace: one hash slot of its own. */
export function journalKey(namespace: string): string {
  return `vc:{${namespace}}:journal`;
}

/**
 * The journal of a namespace as one Redis stream. Stamps come from the clock of the server, and each record is linked
 * to the one before it by the script that writes it.
 */
export class RedisJournalLog implements IJournalLog {
  readonly #key: string;
  readonly #service: RedisService;
  #follower: RedisConnection | null = null;

  constructor(service: RedisService, namespace: string) {
    this.#service = service;
    this.#key = journalKey(namespace);
  }

  /** @throws CacheError if the store did not answer or refused */
  open(constants: string, atLeast: number): Promise<JournalHead> {
    return this.#begin('', constants, atLeast);
  }

  /** @throws CacheError if the store did not answer or refused */
  advanceEpoch(expected: Epoch | null, constants: string, atLeast: number): Promise<JournalHead> {
    return this.#begin(expected ? formatRef(expected) : '', constants, atLeast);
  }

  /** @throws CacheError if the store did not answer or refused */
  append(coverage: Coverage, nonce: number, isDurable = false): Promise<JournalRecord | null> {
    const { kind, body } = encodeCoverage(coverage);
    return this.#service.commands.runIdentified(async (client, incarnation) => {
      const args = [incarnation, nonce, kind, body, JOURNAL_MAX_RECORDS, Number(isDurable)];
      const reply = (await runScript(client, 'appendRecord', this.#key, args)) as Buffer[] | null;
      if (!reply) return null;
      const [stamp, previous, epoch, constants] = reply.map(String) as [
        string,
        string,
        string,
        string,
      ];
      return {
        stamp: Number(stamp),
        nonce,
        epoch: parseRef(epoch) ?? { stamp: 0, nonce: 0 },
        previous: parseRef(previous),
        incarnation,
        constants,
        body: coverage,
      };
    });
  }

  /** @throws CacheError if the store did not answer or refused */
  read(afterStamp: number, limit: number): Promise<JournalSlice> {
    return this.#service.commands.runIdentified(async (client, incarnation) => {
      // Sent together and answered in this order: the head is never older than the records.
      const [records, head] = await Promise.all([
        client.callBuffer('XRANGE', [this.#key, `${afterStamp + 1}`, '+', 'COUNT', limit]),
        this.#newest(client),
      ]);
      return slice(records as StreamEntry[], head, incarnation);
    });
  }

  /** @throws CacheError if the store did not answer or refused */
  readBackwards(beforeStamp: number, limit: number): Promise<readonly JournalRecord[]> {
    if (beforeStamp <= 0) return Promise.resolve([]);
    return this.#service.commands.run(async (client) => {
      const args = [this.#key, `${beforeStamp - 1}`, '-', 'COUNT', limit];
      const entries = await client.callBuffer('XREVRANGE', args);
      return (entries as StreamEntry[]).map(decodeRecord);
    });
  }

  /** @throws CacheError if the store did not answer or refused, or `CLOSED` after `stopPolling` */
  async poll(afterStamp: number, limit: number, waitMs: number): Promise<JournalSlice> {
    this.#follower ??= this.#service.follow();
    const blockMs = Math.max(1, Math.ceil(waitMs));
    const limitMs = blockMs + this.#service.commandTimeoutMs;
    return this.#follower.runIdentified(async (client, incarnation) => {
      const args = ['COUNT', limit, 'BLOCK', blockMs, 'STREAMS', this.#key, `${afterStamp}`];
      // The server runs the second command when the first has ended: the head is read after the records.
      const [streams, head] = await Promise.all([
        client.callBuffer('XREAD', args),
        this.#newest(client),
      ]);
      const [stream] = (streams ?? []) as [Buffer, StreamEntry[]][];
      return slice(stream?.[1] ?? [], head, incarnation);
    }, limitMs);
  }

  /** Ends a running `poll` and its connection; the next `poll` opens another. */
  async stopPolling(): Promise<void> {
    const follower = this.#follower;
    this.#follower = null;
    if (follower) await this.#service.release(follower);
  }

  #begin(expected: string, constants: string, atLeast: number): Promise<JournalHead> {
    const nonce = Math.floor(this.#service.random() * 2 ** 32);
    return this.#service.commands.runIdentified(async (client, incarnation) => {
      const args = [expected, atLeast, nonce, incarnation, constants, JOURNAL_MAX_RECORDS];
      const entry = await runScript(client, 'beginEpoch', this.#key, args);
      return { record: decodeRecord(entry as StreamEntry), incarnation };
    });
  }

  async #newest(client: Redis): Promise<StreamEntry | undefined> {
    const entries = await client.callBuffer('XREVRANGE', [this.#key, '+', '-', 'COUNT', 1]);
    return (entries as StreamEntry[])[0];
  }
}

function slice(
  records: readonly StreamEntry[],
  head: StreamEntry | undefined,
  incarnation: string,
): JournalSlice {
  return {
    records: records.map(decodeRecord),
    head: head ? { record: decodeRecord(head), incarnation } : null,
  };
}
