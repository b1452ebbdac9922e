import type {
  Coverage,
  Epoch,
  IJournalLog,
  JournalHead,
  JournalRecord,
  JournalSlice,
} from '@vitalcache/core';
import type { Redis } from 'ioredis';

import { refused, RedisError, toCacheError, unconfirmed } from '../connection/redis.errors.js';
import type { RedisService } from '../redis.service.js';
import { runScript } from '../scripts/run-script.js';
import { encodeCoverage } from './coverage.codec.js';
import { HomeConnection } from './home-connection.js';
import { HomeMarkers } from './home-markers.js';
import { decodeRecord, formatRef, parseRef, type StreamEntry } from './journal-record.codec.js';

/** Records that the stream keeps, about; the server drops the oldest in blocks. */
const JOURNAL_MAX_RECORDS = 262_144;

/** Key of the stream that holds the journal of a namespace: one hash slot of its own. */
export function journalKey(namespace: string): string {
  return `vc:{${namespace}}:journal`;
}

/**
 * The journal of a namespace as one Redis stream on one store. Stamps come from the clock of its primary, and each record
 * is linked to the one before it by the script that writes it.
 */
export class RedisJournalLog implements IJournalLog {
  readonly #key: string;
  readonly #service: RedisService;
  readonly #tail: HomeConnection;
  /** WAIT blocks the connection that it is sent on. */
  readonly #durable: HomeConnection;
  readonly #markers: HomeMarkers | null;

  constructor(service: RedisService, namespace: string) {
    const key = journalKey(namespace);
    this.#service = service;
    this.#key = key;
    this.#tail = new HomeConnection(service, { key, purpose: 'journal', hasTimeout: false });
    this.#durable = new HomeConnection(service, { key, purpose: 'durable', hasTimeout: true });
    const isSpread = service.topology.kind === 'shards';
    this.#markers = isSpread ? new HomeMarkers(service, key, service.homeOf(key).name) : null;
  }

  /** @throws CacheError if the store did not answer or refused; `JOURNAL_MISMATCH` if the journal is on another shard */
  async open(constants: string, atLeast: number): Promise<JournalHead> {
    await this.#markers?.verify();
    return this.#begin('', constants, atLeast);
  }

  /** @throws CacheError if the store did not answer or refused */
  advanceEpoch(expected: Epoch | null, constants: string, atLeast: number): Promise<JournalHead> {
    return this.#begin(expected ? formatRef(expected) : '', constants, atLeast);
  }

  /**
   * With `isDurable`, resolves when the record has reached what the service's `durability` asks for.
   * @throws CacheError if the store did not answer or refused, or too few copies were confirmed in time; the record may
   * be there all the same
   */
  async append(
    coverage: Coverage,
    nonce: number,
    isDurable = false,
  ): Promise<JournalRecord | null> {
    const { replicas = 0, aof = false } = isDurable ? this.#service.settings.durability : {};
    if (replicas === 0 && !aof) {
      return this.#service.runAtHome(this.#key, (client, incarnation, before) =>
        this.#append(client, incarnation, { coverage, nonce, isDurable }, before),
      );
    }
    return this.#durable.run(async (client, incarnation) => {
      const record = await this.#append(client, incarnation, { coverage, nonce, isDurable });
      if (record) await this.#confirm(client, replicas, aof);
      return record;
    });
  }

  /** @throws CacheError if the store did not answer or refused */
  read(afterStamp: number, limit: number): Promise<JournalSlice> {
    this.#markers?.assertOwn();
    return this.#service.runAtHome(this.#key, async (client, incarnation, before) => {
      // Sent together and answered in this order: the head is never older than the records.
      before();
      const records = client.callBuffer('XRANGE', [
        this.#key,
        `${afterStamp + 1}`,
        '+',
        'COUNT',
        limit,
      ]);
      before();
      const [found, head] = await Promise.all([records, this.#newest(client)]);
      return slice(found as StreamEntry[], head, incarnation);
    });
  }

  /** @throws CacheError if the store did not answer or refused */
  async readBackwards(beforeStamp: number, limit: number): Promise<readonly JournalRecord[]> {
    if (beforeStamp <= 0) return [];
    return this.#service.runAtHome(this.#key, async (client, _incarnation, before) => {
      before();
      const args = [this.#key, `${beforeStamp - 1}`, '-', 'COUNT', limit];
      const entries = await client.callBuffer('XREVRANGE', args);
      return (entries as StreamEntry[]).map(decodeRecord);
    });
  }

  /** @throws CacheError if the store did not answer or refused, or `CLOSED` after `stopPolling` */
  async poll(afterStamp: number, limit: number, waitMs: number): Promise<JournalSlice> {
    this.#markers?.assertOwn();
    const blockMs = Math.max(1, Math.ceil(waitMs));
    const limitMs = blockMs + this.#service.settings.commandTimeoutMs;
    return this.#tail.run(async (client, incarnation) => {
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
    await Promise.all([this.#tail.release(), this.#durable.release(), this.#markers?.settled()]);
  }

  #begin(expected: string, constants: string, atLeast: number): Promise<JournalHead> {
    const nonce = newNonce(this.#service.settings.random);
    return this.#service.runAtHome(this.#key, async (client, incarnation, before) => {
      const args = [expected, atLeast, nonce, incarnation, constants, JOURNAL_MAX_RECORDS];
      const entry = await runScript(client, 'beginEpoch', [this.#key], args, before);
      return { record: decodeRecord(entry as StreamEntry), incarnation };
    });
  }

  async #append(
    client: Redis,
    incarnation: string,
    { coverage, nonce, isDurable }: { coverage: Coverage; nonce: number; isDurable: boolean },
    before?: () => void,
  ): Promise<JournalRecord | null> {
    const { kind, body } = encodeCoverage(coverage);
    const args = [incarnation, nonce, kind, body, JOURNAL_MAX_RECORDS, Number(isDurable)];
    const reply = await runScript(client, 'appendRecord', [this.#key], args, before);
    if (!reply) return null;
    const [stamp, previous, epoch, constants] = (reply as Buffer[]).map(String);
    return {
      stamp: Number(stamp),
      nonce,
      epoch: parseRef(epoch ?? '') ?? { stamp: 0, nonce: 0 },
      previous: parseRef(previous ?? ''),
      incarnation,
      constants: constants ?? '',
      body: coverage,
    };
  }

  /** Waits for copies of what this connection wrote last. */
  async #confirm(client: Redis, replicas: number, aof: boolean): Promise<void> {
    const waitMs = Math.ceil(this.#service.settings.commandTimeoutMs / 2);
    const reply = aof
      ? await client.call('WAITAOF', [1, replicas, waitMs]).catch(cannotWait)
      : [1, await client.call('WAIT', [replicas, waitMs])];
    const [onDisk, onReplicas] = (reply as unknown[]).map(Number);
    if ((onDisk ?? 0) >= Number(aof) && (onReplicas ?? 0) >= replicas) return;
    throw new RedisError(unconfirmed(onDisk ?? 0, onReplicas ?? 0, { replicas, aof }));
  }

  async #newest(client: Redis): Promise<StreamEntry | undefined> {
    const entries = await client.callBuffer('XREVRANGE', [this.#key, '+', '-', 'COUNT', 1]);
    return (entries as StreamEntry[])[0];
  }
}

/** No such command, or no append-only file: the server has no word of its own for that. */
function cannotWait(error: unknown): never {
  const explained = toCacheError(error);
  const isUnable = explained instanceof RedisError && explained.word === 'ERR';
  throw isUnable ? new RedisError(refused('WAITAOF')) : error;
}

function newNonce(random: () => number): number {
  return Math.floor(random() * 2 ** 32);
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
