import { assertOptionNames, type OptionNames } from '@vitalcache/core';

import type { RecordLine } from '../audit/audit-line.js';
import type { AuditHead } from '../audit/audit-record.js';
import type { AuditBatch, AuditSink, AuditSinkHealth } from './audit-sink.js';
import { DeadLetterFile } from './dead-letter.file.js';
import { toFhirAuditEvent, type FhirMappingOptions } from './fhir-mapping.js';
import { assertSecureUrl } from './secure-url.js';

export interface FhirAuditSinkOptions extends FhirMappingOptions {
  /** Base of a FHIR R4 server; https, except on this machine. */
  readonly baseUrl: string;
  /** Where records go that the server says it will never take. On the local disk. */
  readonly deadLetterFile: string;
  /** Asked before each request: authorization and the like. */
  readonly headers?: () =>
    Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** How long one request may take. Default: 3 000. */
  readonly timeoutMs?: number;
  /** Requests at a time. Default: 8. */
  readonly concurrency?: number;
}

const NAMES: OptionNames<FhirAuditSinkOptions> = {
  baseUrl: true,
  deadLetterFile: true,
  headers: true,
  timeoutMs: true,
  concurrency: true,
  actorSystem: true,
  patientSystem: true,
};

/** These speak of the resource: it will be refused tomorrow too. Of others, address and credentials may be mended. */
const PERMANENT: ReadonlySet<number> = new Set([400, 409, 412, 413, 415, 422]);

/**
 * Posts records as FHIR R4 AuditEvents (IHE ITI-20, FHIR Feed). What the server takes is done; what it will never take goes
 * to the dead-letter file; for anything else the batch fails and comes again. Checkpoints have no place in FHIR: keep the log
 * in a file or a stream as well, and see `TeeAuditSink`. A record may arrive twice after a crash; chain and number in its
 * details tell.
 */
export class FhirAuditSink implements AuditSink {
  readonly name = 'fhir';
  readonly #options: FhirAuditSinkOptions;
  readonly #deadLetters: DeadLetterFile;
  /** Position up to which each chain is done, and what is done beyond. */
  readonly #done = new Map<string, { upTo: number; readonly beyond: Set<number> }>();
  #queue: Promise<unknown> = Promise.resolve();
  #trouble: string | null = null;
  #dead = 0;

  /** @throws CacheError `CONFIG_INVALID` for what there is no option of */
  constructor(options: FhirAuditSinkOptions) {
    assertOptionNames('FhirAuditSink', options, NAMES);
    this.#options = options;
    this.#deadLetters = new DeadLetterFile(options.deadLetterFile);
  }

  async open(): Promise<void> {
    assertSecureUrl(this.#options.baseUrl, ['https:'], 'baseUrl');
  }

  append({ lines }: AuditBatch): Promise<boolean> {
    const records = lines.filter((line) => line.kind === 'record');
    const run = this.#queue.then(() => this.#postAll(records));
    this.#queue = run.then(
      () => (this.#trouble = null),
      (error: Error) => (this.#trouble = error.message),
    );
    return run.then(() => true);
  }

  /** A server of FHIR keeps no chain. */
  async head(): Promise<AuditHead | null> {
    return null;
  }

  health(): AuditSinkHealth {
    if (this.#trouble !== null) return { isUp: false, reason: this.#trouble };
    if (this.#dead === 0) return { isUp: true };
    return {
      isUp: true,
      reason: `${this.#dead} records were refused for good; see the dead-letter file`,
    };
  }

  async flush(): Promise<void> {
    await this.#queue;
  }

  async close(): Promise<void> {
    await this.#queue;
  }

  async #postAll(records: readonly RecordLine[]): Promise<void> {
    const { concurrency = 8 } = this.#options;
    for (let i = 0; i < records.length; i += concurrency) {
      const part = records.slice(i, i + concurrency);
      const results = await Promise.allSettled(part.map((line) => this.#postOnce(line)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason as Error;
      for (const { chain, position } of part) this.#settle(chain, position);
    }
  }

  async #postOnce(line: RecordLine): Promise<void> {
    const done = this.#doneOf(line.chain);
    if (line.position <= done.upTo || done.beyond.has(line.position)) return;
    await this.#post(line);
    done.beyond.add(line.position);
  }

  async #post({ record }: RecordLine): Promise<void> {
    const { baseUrl, headers, timeoutMs = 3_000 } = this.#options;
    const resource = toFhirAuditEvent(record, this.#options);
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/AuditEvent`, {
      method: 'POST',
      headers: { ...(await headers?.()), 'content-type': 'application/fhir+json' },
      body: JSON.stringify(resource),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: Error) => {
      throw new Error(
        error.name === 'TimeoutError' ? 'it did not answer in time' : 'no connection',
      );
    });
    await response.body?.cancel(); // it may repeat what it was sent
    if (response.ok) return;
    if (!PERMANENT.has(response.status)) throw new Error(`it answered ${response.status}`);
    await this.#deadLetters.append(response.status, resource);
    this.#dead++;
  }

  #settle(chain: string, position: number): void {
    const done = this.#doneOf(chain);
    done.upTo = Math.max(done.upTo, position);
    for (const each of done.beyond) if (each <= done.upTo) done.beyond.delete(each);
  }

  #doneOf(chain: string): { upTo: number; readonly beyond: Set<number> } {
    const known = this.#done.get(chain);
    if (known) return known;
    const made = { upTo: 0, beyond: new Set<number>() };
    this.#done.set(chain, made);
    return made;
  }
}
