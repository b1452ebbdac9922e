import { checkpointText, type SignedCheckpoint } from '../audit/audit-checkpoint.js';
import { parseLine, type AuditLine } from '../audit/audit-line.js';
import type { AuditHead, AuditRecord } from '../audit/audit-record.js';
import { NumberRanges } from '../audit/number.ranges.js';
import type { AuditAnchor } from '../audit-sinks/audit-anchor.js';
import { auditFiles, RECOVERED, type AuditFileName } from '../audit-sinks/audit-directory.js';
import type { AuditVerification } from './audit-finding.js';
import { ChainVerifier } from './chain.verifier.js';
import { DigestVerifier } from './digest.verifier.js';
import { FindingList, type Place } from './finding.list.js';
import { logLines, type LogLine } from './log-lines.js';
import type { PublicKeys } from './public-keys.js';

/** What there should be beside the files. */
interface Witnesses {
  readonly anchor: Pick<AuditAnchor, 'read'> | undefined;
  /** What names of files begin with; `undefined`: anything. */
  readonly name: string | undefined;
}

interface Declaration {
  readonly by: string;
  readonly seq: number;
  readonly chain: string;
  readonly missing: string;
}

/** Reads the files of a log once, after a look at how each begins, and gathers what is wrong. */
export class LogVerifier {
  readonly #directory: string;
  readonly #keys: PublicKeys;
  readonly #expiredBefore: number;
  readonly #findings = new FindingList();
  readonly #chains = new Map<string, ChainVerifier>();
  readonly #previous: { readonly head: AuditHead; readonly place: Place }[] = [];
  readonly #declared: Declaration[] = [];
  readonly #counts = { files: 0, records: 0, checkpoints: 0 };

  constructor(directory: string, keys: PublicKeys, expiredBefore: number) {
    this.#directory = directory;
    this.#keys = keys;
    this.#expiredBefore = expiredBefore;
  }

  async verify({ anchor, name }: Witnesses): Promise<AuditVerification> {
    let files: readonly AuditFileName[];
    let anchored: readonly SignedCheckpoint[];
    try {
      files = await auditFiles(this.#directory);
      anchored = anchor ? await checkpointsOf(anchor) : [];
      const digests = new DigestVerifier(this.#directory, this.#keys, this.#findings);
      const expired = await digests.verify(files, this.#expiredBefore);
      for (const { chain, lastSeq } of expired) this.#chain(chain).expireThrough(lastSeq);
      assertNamed([...files.map((file) => file.name), ...expired.map(({ file }) => file)], name);
      for (const { path } of files) await this.#lookAtStart(path);
      for (const { checkpoint } of anchored) this.#chain(checkpoint.chain).want(checkpoint.size);
      for (const file of files) await this.#readFile(file);
    } catch (error) {
      return this.#unverifiable(error);
    }
    if (files.length === 0 && this.#chains.size === 0 && this.#findings.all.length === 0) {
      return this.#unverifiable('there is no audit log in it');
    }
    this.#finish(anchored);
    return this.#result();
  }

  #chain(id: string): ChainVerifier {
    const known = this.#chains.get(id);
    if (known) return known;
    const made = new ChainVerifier(id, this.#keys, this.#findings);
    this.#chains.set(id, made);
    return made;
  }

  async #lookAtStart(path: string): Promise<void> {
    for await (const { text } of logLines(path)) {
      const previous = previousOf(parseLine(text));
      if (previous) this.#chain(previous.chain).want(previous.seq);
      return;
    }
  }

  async #readFile({ name, path, chain }: AuditFileName): Promise<void> {
    this.#counts.files++;
    for await (const line of logLines(path)) {
      this.#line(line, chain, { file: name, line: line.number, chain });
    }
  }

  #line({ text, isTorn, number }: LogLine, chain: string, place: Place): void {
    const line = isTorn ? null : parseLine(text);
    if (isTorn) {
      const message = 'The file ends within a line, as a crash in the middle of a write leaves it.';
      return this.#findings.add('torn-line', place, message);
    }
    if (!line) {
      const message = `Line ${number} is none of an audit log: it was edited.`;
      return this.#findings.add('unreadable-line', place, message);
    }
    if (line.chain !== chain) {
      return this.#findings.add('foreign-line', place, 'The line belongs to another chain.');
    }
    this.#counts[line.kind === 'record' ? 'records' : 'checkpoints']++;
    this.#chain(chain).take(line, place);
    if (line.kind === 'record') this.#note(line.record, place);
  }

  #note(record: AuditRecord, place: Place): void {
    const { previous, event, detail, chain, seq } = record;
    if (previous) this.#previous.push({ head: previous, place });
    const missing = event === 'audit-gap' ? detail?.['missing'] : undefined;
    if (typeof missing !== 'string') return;
    const of = typeof detail?.['chain'] === 'string' ? detail['chain'] : chain;
    this.#declared.push({ by: chain, seq, chain: of, missing });
  }

  #finish(anchored: readonly SignedCheckpoint[]): void {
    for (const signed of anchored) this.#compareAnchored(signed);
    for (const { head, place } of this.#previous)
      this.#compareHead(head, place, 'The first record');
    for (const [id, chain] of this.#chains) chain.finish(this.#declaredOf(id));
  }

  #compareAnchored({ checkpoint, signature }: SignedCheckpoint): void {
    const { chain, size: seq, head: hash, time, keyId } = checkpoint;
    if (this.#keys.isGenuine(checkpointText(checkpoint), signature, keyId)) {
      return this.#compareHead({ chain, seq, hash, time }, { chain }, 'The anchor');
    }
    const message = 'A checkpoint of the anchor is not signed by a key that is trusted.';
    this.#findings.add('anchor-forged', { chain }, message);
  }

  #compareHead(head: AuditHead, place: Place, witness: string): void {
    const chain = this.#chain(head.chain);
    const found = chain.hashAt(head.seq);
    if (found === head.hash) return;
    if (Date.parse(head.time) < this.#expiredBefore) return;
    if (found !== undefined) {
      const message = `${witness} vouches for another record ${head.seq} of chain ${head.chain} than the one that is there.`;
      return this.#findings.add('checkpoint-mismatch', place, message);
    }
    const [kind, what] =
      chain.lastSeq === 0
        ? (['chain-missing', 'the whole chain is'] as const)
        : (['tail-cut', `what follows record ${chain.lastSeq} is`] as const);
    if (head.seq <= chain.lastSeq) return; // a hole within the chain, which is told where it is
    const message = `${witness} knows of record ${head.seq} of chain ${head.chain}; ${what} missing.`;
    this.#findings.add(kind, place, message);
  }

  /** What nobody vouches for accounts for nothing: it can have been added. */
  #declaredOf(chain: string): NumberRanges {
    const texts = this.#declared
      .filter(({ chain: of, by, seq }) => of === chain && seq <= this.#chain(by).covered)
      .map(({ missing }) => missing);
    return NumberRanges.parse(texts.join(','));
  }

  #unverifiable(error: unknown): AuditVerification {
    const why = error instanceof Error ? error.message : String(error);
    this.#findings.add('no-log', {}, `The log in ${this.#directory} can't be checked: ${why}.`);
    return { ...this.#result(), verdict: 'unverifiable', exitCode: 2 };
  }

  #result(): AuditVerification {
    const findings = [...this.#findings.all].sort(
      (a, b) => order(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0),
    );
    const isDamaged = findings.some(({ severity }) => severity === 'damage');
    return {
      verdict: isDamaged ? 'damaged' : 'intact',
      exitCode: isDamaged ? 1 : 0,
      findings,
      chains: this.#chains.size,
      ...this.#counts,
    };
  }
}

async function checkpointsOf(
  anchor: Pick<AuditAnchor, 'read'>,
): Promise<readonly SignedCheckpoint[]> {
  const checkpoints = await anchor.read();
  if (checkpoints.length > 0) return checkpoints;
  throw new Error('its anchor has no checkpoint, and so vouches for nothing');
}

function assertNamed(files: readonly string[], name: string | undefined): void {
  const bases = name === undefined ? null : [`${name}.`, `${name}${RECOVERED}.`];
  if (!bases || files.some((file) => bases.some((base) => file.startsWith(base)))) return;
  throw new Error(`there is no file of it that begins with ${name}`);
}

function previousOf(line: AuditLine | null): AuditHead | undefined {
  return line?.kind === 'record' ? line.record.previous : undefined;
}

function order(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
