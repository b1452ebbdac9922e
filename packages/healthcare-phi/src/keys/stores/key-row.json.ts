import type { KeyRow } from './key-store.js';

/** A row as text, for stores that keep texts. */
export function rowToText({ tenant, name, id, wrapped, expiresAt }: KeyRow): string {
  return JSON.stringify({ tenant, name, id, wrapped: wrapped.toString('base64'), expiresAt });
}

/** `null`: not a row. */
export function rowFromText(text: string): KeyRow | null {
  try {
    const row = JSON.parse(text) as Record<keyof KeyRow, unknown>;
    return isRow(row) ? { ...row, wrapped: Buffer.from(row.wrapped, 'base64') } : null;
  } catch {
    return null;
  }
}

type TextRow = Omit<KeyRow, 'wrapped'> & { readonly wrapped: string };

function isRow(row: Record<keyof KeyRow, unknown>): row is TextRow {
  const texts = [row.tenant, row.name, row.id, row.wrapped];
  return texts.every((text) => typeof text === 'string') && typeof row.expiresAt === 'number';
}
