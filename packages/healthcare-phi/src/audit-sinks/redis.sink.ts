import { assertOptionNames, type OptionNames } from '@vitalcache/core';

import { parseLine, type AuditLine } from '../audit/audit-line.js';
import type { AuditHead } from '../audit/audit-record.js';
import type { AuditBatch, AuditSession, AuditSink, AuditSinkHealth } from './audit-sink.js';
import { headOf } from './last-record.js';
import { assertKeeps, type ApartFrom, type RedisAuditClient } from './redis-audit.client.js';
import { runsByChain } from './runs-by-chain.js';
import { RedisDurability, type RedisDurabilityOptions } from './redis-durability.js';

export interface RedisAuditSinkOptions extends RedisDurabilityOptions {
  /** Connection to a server of its own, that nothing else blocks. */
  readonly client: RedisAuditClient;
  /** Begins all keys. Default: `vc:audit`. */
  readonly prefix?: string;
  readonly apartFrom?: ApartFrom;
}

const NAMES: OptionNames<RedisAuditSinkOptions> = {
  client: true,
  prefix: true,
  apartFrom: true,
  replicas: true,
  waitMs: true,
};

type StreamEntry = readonly [id: string, fields: readonly string[]];

const PAGE = 100;

/**
 * Keeps the log in streams that are never trimmed, one for each chain; an entry is a batch of lines under the position of the
 * last, so that the server refuses what it has. A record is durable when the server has it on its disk (WAITAOF, or
 * `appendfsync always`), or so many replicas have it.
 */
export class RedisAuditSink implements AuditSink {
  readonly name = 'redis';
  readonly #client: RedisAuditClient;
  readonly #prefix: string;
  readonly #apartFrom: ApartFrom | undefined;
  readonly #durability: RedisDurability;
  /** Position of the last line of each chain; absent: to be asked for. */
  readonly #positions = new Map<string, number>();
  #node = '';
  #isChecked = false;
  #queue: Promise<unknown> = Promise.resolve();
  #trouble: string | null = null;

  /** @throws CacheError `CONFIG_INVALID` for what there is no option of */
  constructor(options: RedisAuditSinkOptions) {
    assertOptionNames('RedisAuditSink', options, NAMES);
    this.#client = options.client;
    this.#prefix = options.prefix ?? 'vc:audit';
    this.#apartFrom = options.apartFrom;
    this.#durability = new RedisDurability(options.client, options);
  }

  async open({ node }: AuditSession): Promise<void> {
    this.#node = node;
    await this.#check();
  }

  append({ lines, isDurable }: AuditBatch): Promise<boolean> {
    const run = this.#queue.then(async () => {
      if (!this.#isChecked) await this.#check();
      for (const part of runsByChain(lines)) await this.#add(part);
      return isDurable ? this.#durability.wait() : false;
    });
    this.#queue = run.then(
      () => (this.#trouble = null),
      () => {
        this.#trouble = 'the server did not take the last records';
        // It may have taken them after all; and may have been restarted with other settings.
        this.#positions.clear();
        this.#isChecked = false;
      },
    );
    return run;
  }

  async head(chain?: string): Promise<AuditHead | null> {
    const of = chain ?? (await this.#newestChain());
    if (of === null) return null;
    // A batch may end in a checkpoint and hold no record.
    const reply = await this.#client.call('XREVRANGE', this.#stream(of), '+', '-', 'COUNT', 4);
    const entries = (reply as StreamEntry[]).toReversed();
    return headOf(linesOf(entries), () => true);
  }

  /** The lines of a chain, in order: to be written into files and verified there. */
  async *lines(chain: string): AsyncGenerator<AuditLine> {
    for (let from = '-'; ;) {
      const reply = await this.#client.call(
        'XRANGE',
        this.#stream(chain),
        from,
        '+',
        'COUNT',
        PAGE,
      );
      const entries = reply as StreamEntry[];
      yield* linesOf(entries);
      const last = entries.at(-1);
      if (!last || entries.length < PAGE) return;
      from = `(${last[0]}`;
    }
  }

  /** Chains of all nodes, oldest first. */
  async chains(): Promise<readonly string[]> {
    const members = (await this.#client.call('ZRANGE', this.#index(), 0, -1)) as string[];
    return members.map((member) => member.slice(0, 36));
  }

  health(): AuditSinkHealth {
    return this.#trouble === null ? { isUp: true } : { isUp: false, reason: this.#trouble };
  }

  async flush(): Promise<void> {
    await this.#queue;
    await this.#durability.wait();
  }

  async close(): Promise<void> {
    await this.#queue;
    this.#client.disconnect?.();
  }

  async #check(): Promise<void> {
    await assertKeeps(this.#client, this.#apartFrom);
    await this.#durability.look();
    this.#isChecked = true;
  }

  async #add(all: readonly AuditLine[]): Promise<void> {
    const { chain } = all[0] as AuditLine;
    const known = this.#positions.get(chain);
    const taken = known ?? (await this.#positionOf(chain));
    const lines = all.filter(({ position }) => position > taken);
    const last = lines.at(-1);
    if (!last) return;
    if (taken === 0) await this.#enter(chain, lines);
    const text = lines.map((line) => line.text).join('\n');
    await this.#client.call('XADD', this.#stream(chain), `${last.position}-0`, 'lines', text);
    this.#positions.set(chain, last.position);
  }

  async #positionOf(chain: string): Promise<number> {
    const reply = await this.#client.call('XREVRANGE', this.#stream(chain), '+', '-', 'COUNT', 1);
    const [[id] = []] = reply as [id?: string][];
    return id === undefined ? 0 : Number(id.split('-')[0]);
  }

  /** So that a chain is found by when it began. */
  async #enter(chain: string, lines: readonly AuditLine[]): Promise<void> {
    const first = lines.find((line) => line.kind === 'record');
    const at = first?.kind === 'record' ? Date.parse(first.record.time) : 0;
    const node = first?.kind === 'record' ? first.record.node : this.#node;
    await this.#client.call('ZADD', this.#index(), 'NX', at, `${chain}.${node}`);
  }

  async #newestChain(): Promise<string | null> {
    const members = (await this.#client.call('ZRANGE', this.#index(), 0, -1)) as string[];
    const own = members.findLast((member) => member.slice(37) === this.#node);
    return own?.slice(0, 36) ?? null;
  }

  #stream(chain: string): string {
    return `${this.#prefix}:${chain}`;
  }

  #index(): string {
    return `${this.#prefix}:chains`;
  }
}

function linesOf(entries: readonly StreamEntry[]): AuditLine[] {
  const texts = entries.flatMap(([, [, text = '']]) => text.split('\n'));
  return texts.map(parseLine).filter((line) => line !== null);
}
