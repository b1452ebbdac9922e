/** Why a write was refused. */
export type WriteErrorCode = 'SLOT_TAKEN' | 'SLOT_UNKNOWN' | 'REFERENCE_UNKNOWN';

/** A write that the data do not allow; the message names fields, never values. */
export class WriteError extends Error {
  override readonly name = 'WriteError';

  constructor(
    readonly code: WriteErrorCode,
    /** The field of the request that is to blame. */
    readonly field: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Class 23 of PostgreSQL's SQLSTATE codes. */
const FOREIGN_KEY_VIOLATION = '23503';
const UNIQUE_VIOLATION = '23505';

/** Runs a write and translates the database's refusals; every other failure passes through. */
export async function translateWrite<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw translate(error);
  }
}

function translate(error: unknown): unknown {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  if (code === UNIQUE_VIOLATION && constraint === 'appointments_one_per_slot') {
    return new WriteError('SLOT_TAKEN', 'startsAt', 'is already booked with this doctor', {
      cause: error,
    });
  }
  if (code === FOREIGN_KEY_VIOLATION) {
    // PostgreSQL names the constraint <table>_<column>_fkey.
    const column = /_(patient|doctor|clinic)_id_fkey$/.exec(String(constraint))?.[1] ?? 'reference';
    return new WriteError('REFERENCE_UNKNOWN', `${column}Id`, 'is not known', { cause: error });
  }
  return error;
}
