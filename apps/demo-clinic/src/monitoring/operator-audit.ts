import { join } from 'node:path';

import { AuditCacheMiddleware, type AuditRecord } from '@vitalcache/core';
import { FileRecordBook } from '@vitalcache/healthcare-phi';
import { adminAuditContext } from '@vitalcache/nest-integration';

/**
 * What operators do to the cache, who they are and the reason that they gave: a line each in `operators.jsonl`, beside the
 * audit of what is read of patients. It holds no key and no value.
 */
export function operatorAudit(folder: string): AuditCacheMiddleware {
  const book = new FileRecordBook<AuditRecord>(join(folder, 'operators.jsonl'));
  return new AuditCacheMiddleware({
    sink: { write: (record) => book.add(record) },
    kinds: ['admin', 'configure', 'clear'],
    context: adminAuditContext,
  });
}
