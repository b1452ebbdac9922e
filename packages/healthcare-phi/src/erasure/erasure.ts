import { randomUUID } from 'node:crypto';

import {
  assertOptionNames,
  CacheError,
  isCacheError,
  type Clock,
  type InvalidationResult,
} from '@vitalcache/core';

import { checkId } from '../access/access.check.js';
import { contextMissing } from '../access/access.errors.js';
import { currentAccess } from '../access/access-scope.js';
import type { AccessContext } from '../access/access-context.js';
import type { AuditEvent, IAudit } from '../audit/audit-event.js';
import type { LocalAuditSigner } from '../audit/audit.signer.js';
import type { KeyShredder } from '../keys/key-shredder.js';
import type { ShredReceipt } from '../keys/shred-receipt.js';
import type { LegalHolds } from '../legal-hold/legal-holds.js';
import type { Pseudonyms } from '../names/pseudonyms.js';
import { reasonOf } from '../own-directory.js';
import type { EntryIndex } from '../subjects/entry-index.js';
import { coveringPerson, phiTagOf, PHI_TAG } from '../subjects/subject-tags.js';
import type { EraseGuard } from './erase.guard.js';
import { erasureEvent } from './erasure-event.js';
import {
  erasureText,
  type AuditPosition,
  type ErasureFacts,
  type ErasureReceipt,
} from './erasure-receipt.js';
import { keepReceipt } from './receipt.file.js';

/** What `clearPHICache` clears. */
export interface ClearOptions {
  /** Absent: all tenants. */
  readonly tenant?: string;
  /** Destroys the keys as well, so that no copy can be read, in whatever backup. Default: false. */
  readonly shred?: boolean;
}

/** What is said of an erasure; on record with it. */
export interface EraseReason {
  readonly reason?: string;
}

/** What an erasure needs of its cache. */
export interface ErasableCache {
  readonly namespace: string;
  invalidateCacheByTags(
    tags: readonly string[],
    options: { readonly whenQueued: 'throw' },
  ): Promise<InvalidationResult>;
}

export interface ErasureOptions {
  readonly cache: ErasableCache;
  readonly index: EntryIndex;
  /** Forgets what this process holds itself. */
  readonly forgetOwn: () => void;
  readonly names: Pseudonyms;
  readonly shredder: Pick<KeyShredder, 'destroySubject' | 'destroyTenant' | 'tenants'>;
  readonly guard: EraseGuard;
  readonly holds: Pick<LegalHolds, 'assertNotHeld'>;
  readonly audit: IAudit;
  readonly auditPosition: () => Promise<AuditPosition | null>;
  readonly signer: LocalAuditSigner;
  /** Where receipts are kept; `null`: whoever asks for the erasure keeps it. */
  readonly directory: string | null;
  readonly clock: Pick<Clock, 'now'>;
}

/** Erases protected data, from all tiers, with the keys that it is sealed with. */
export class Erasure {
  readonly #options: ErasureOptions;

  constructor(options: ErasureOptions) {
    this.#options = options;
  }

  /** As `HealthcareCacheService.erasePatient`. */
  async erasePatient(patientId: string, why: EraseReason): Promise<ErasureReceipt> {
    assertOptionNames('erasePatient', why, { reason: true }, 'OPTION_INVALID');
    const { reason } = why;
    const { cache, clock, directory, guard, holds, index, names, shredder, signer } = this.#options;
    const context = contextOf('An erasure');
    const { tenant } = context;
    const patient = patientId.normalize('NFC');
    const scope = { tenant, patientId: patient, shred: true, template: 'erasure' } as const;
    await guard.assertMay(context, scope);
    await this.#unlessHeld(context, patient, () =>
      holds.assertNotHeld({ tenant, patientId: patient }),
    );
    const about = { patientId: patient, ...(reason !== undefined && { reason }) };
    const { stamp, removed, shred, isTold } = await this.#onRecord(context, about, async () => {
      await holds.assertNotHeld({ tenant, patientId: patient }); // it took time to get on record
      const tags = coveringPerson('patient', patient);
      const recorded = await cache.invalidateCacheByTags(tags, { whenQueued: 'throw' });
      const count = await index.remove(tags, tenant);
      this.#options.forgetOwn();
      const receipt = await shredder.destroySubject(this.#subjects(tenant, patient));
      return { stamp: recorded.stamp, removed: count, shred: receipt };
    });
    const { mode, shredded, destroyedKeyIds, unreadableAt, inMemoryUntil } = shred;
    const facts: ErasureFacts = {
      format: 1,
      id: randomUUID(),
      at: new Date(clock.now()).toISOString(),
      namespace: cache.namespace,
      tenant: names.pseudonym('tenant', '', tenant),
      patient: names.pseudonym('subject', tenant, `patient:${patient}`, false),
      stamp,
      removed,
      keys: { mode, shredded, destroyedKeyIds, unreadableAt, inMemoryUntil },
      audit: isTold ? await this.#options.auditPosition() : null,
    };
    const receipt = { ...facts, keyId: signer.keyId, signature: signer.sign(erasureText(facts)) };
    const faults = isTold ? [] : ['the audit did not take that it is done'];
    if (directory !== null) {
      await keepReceipt(directory, receipt).catch((error: unknown) => {
        faults.push(`receiptsDirectory of healthcarePlugin ${reasonOf(error)}`);
      });
    }
    if (faults.length === 0) return receipt;
    const message = `The patient is erased, and the receipt is the cause of this error: ${faults.join(', and ')}.`;
    throw new CacheError('NOT_RECORDED', message, { cause: receipt });
  }

  /** As `HealthcareCacheService.clearPHICache`. */
  async clear(options: ClearOptions): Promise<number> {
    const { tenant, shred = false } = checked(options);
    const { cache, guard, holds, index: entries, names } = this.#options;
    const context = contextOf('Clearing all protected data');
    await guard.assertMay(context, { tenant: tenant ?? null, shred, template: 'erasure' });
    const scope = tenant === undefined ? {} : { tenant };
    await this.#unlessHeld(context, undefined, () => holds.assertNotHeld(scope));
    const tag = tenant === undefined ? PHI_TAG : phiTagOf(tenant);
    await cache.invalidateCacheByTags([tag], { whenQueued: 'throw' });
    const own = names.pseudonyms('tenant', '', tenant ?? context.tenant);
    const known = tenant === undefined ? await entries.tenants() : [];
    const pseudonyms = [...new Set([...(known ?? []), ...own])];
    const counts = await Promise.all(pseudonyms.map((one) => entries.removeTenant(one)));
    this.#options.forgetOwn();
    const isCounted = (known !== null && !counts.includes(null)) || !entries.isKept;
    const removed = isCounted ? counts.reduce<number>((sum, count) => sum + (count ?? 0), 0) : null;
    if (shred) await this.#shred(context, tenant, pseudonyms, removed);
    if (removed !== null) return removed;
    throw new CacheError(
      'STORE_TIMEOUT',
      `All protected data that was meant is invalid${shred ? ', and its keys are destroyed' : ''}, but the store did not answer while it was removed; do it again.`,
    );
  }

  /** @param removed entries of these tenants; `null`: not known */
  async #shred(
    context: AccessContext,
    tenant: string | undefined,
    pseudonyms: readonly string[],
    removed: number | null,
  ): Promise<void> {
    const { holds, shredder } = this.#options;
    const scope = tenant === undefined ? {} : { tenant };
    // Of all tenants also those whose keys are there and whom the index knows no more: backups have their data.
    const keyed = tenant === undefined ? await shredder.tenants() : [];
    const targets = [...new Set([...pseudonyms, ...keyed])];
    for (const target of targets) {
      await this.#record(context, 'key-destroy', { detail: { step: 'requested', target } });
    }
    await this.#unlessHeld(context, undefined, () => holds.assertNotHeld(scope)); // all of this took time
    const owners = targets.map((one) => ({ tenant: one, subject: null }));
    const ends = await Promise.allSettled(owners.map((owner) => shredder.destroyTenant([owner])));
    const told: boolean[] = [];
    for (const [index, end] of ends.entries()) {
      const target = targets[index] as string; // it need not be the tenant of whoever asked
      const { detail, ...more } =
        end.status === 'rejected' ? failureOf(end.reason) : doneOf(removed, end.value);
      const event = { ...more, detail: { target, ...detail } };
      told.push(await this.#isRecorded(context, 'key-destroy', event));
    }
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    if (!told.includes(false)) return;
    throw new CacheError(
      'NOT_RECORDED',
      'All protected data that was meant is removed, and its keys are destroyed, but the audit did not take that they are.',
    );
  }

  /**
   * That it is asked for is on record before anything is done; how it ended, afterwards. `isTold`: that it is done is on
   * record, too; what is done is not undone where it is not.
   */
  async #onRecord<T extends { readonly removed: number | null; readonly shred: ShredReceipt }>(
    context: AccessContext,
    { patientId, reason }: { readonly patientId: string; readonly reason?: string },
    work: () => Promise<T>,
  ): Promise<T & { readonly isTold: boolean }> {
    const why: Record<string, string> = reason === undefined ? {} : { reason };
    await this.#record(context, 'erase', { patientId, detail: { step: 'requested', ...why } });
    const done = await work().catch(async (error: unknown) => {
      const { outcome, detail } = failureOf(error);
      const failed = { patientId, outcome, detail: { ...why, ...detail } };
      await this.#isRecorded(context, 'erase', failed); // what is thrown says more
      throw error;
    });
    const { detail } = doneOf(done.removed, done.shred);
    const event = { patientId, detail: { ...why, ...detail } };
    return { ...done, isTold: await this.#isRecorded(context, 'erase', event) };
  }

  /** A refused erasure is on record like one that is done. */
  async #unlessHeld(
    context: AccessContext,
    patientId: string | undefined,
    assertion: () => Promise<void>,
  ): Promise<void> {
    try {
      await assertion();
    } catch (error) {
      const about = patientId === undefined ? {} : { patientId };
      await this.#record(context, 'erase', {
        ...about,
        outcome: 8,
        detail: { code: 'LEGAL_HOLD' },
      });
      throw error;
    }
  }

  #subjects(tenant: string, patient: string) {
    const { names } = this.#options;
    const subjects = names.pseudonyms('subject', tenant, `patient:${patient}`);
    return names
      .pseudonyms('tenant', '', tenant)
      .map((one, index) => ({ tenant: one, subject: subjects[index] as string }));
  }

  /** Of what is over: there is nothing left to be refused. */
  #isRecorded(
    context: AccessContext,
    event: 'erase' | 'key-destroy',
    more: Partial<AuditEvent>,
  ): Promise<boolean> {
    return this.#record(context, event, more).then(
      () => true,
      () => false,
    );
  }

  #record(
    context: AccessContext,
    event: 'erase' | 'key-destroy',
    more: Partial<AuditEvent>,
  ): Promise<void> {
    return this.#options.audit.record(erasureEvent(context, event, more));
  }
}

function doneOf(removed: number | null, { shredded, destroyedKeyIds, mode }: ShredReceipt) {
  const counts = { ...(removed !== null && { removed }), keysDestroyed: destroyedKeyIds.length };
  return { detail: { step: 'done', ...counts, shredded, mode } };
}

function failureOf(error: unknown) {
  const code = isCacheError(error) ? error.code : 'error';
  return { outcome: 8, detail: { step: 'failed', code } } as const;
}

/** What is misspelt, or not known after all, must not become all tenants. @throws CacheError `OPTION_INVALID` */
function checked(options: ClearOptions): ClearOptions {
  assertOptionNames('clearPHICache', options, { tenant: true, shred: true }, 'OPTION_INVALID');
  const { tenant, shred = false } = options;
  if (typeof shred !== 'boolean') {
    throw new CacheError('OPTION_INVALID', 'shred of clearPHICache must be true or false.');
  }
  if (!Object.hasOwn(options, 'tenant')) return { shred };
  return { shred, tenant: checkId('tenant', tenant, 'clearPHICache', 'OPTION_INVALID') };
}

function contextOf(what: string): AccessContext {
  const context = currentAccess();
  if (!context) throw contextMissing(what);
  return context;
}
