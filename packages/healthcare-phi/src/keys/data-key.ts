import type { KeyObject } from 'node:crypto';

/** A key that payloads are sealed with, and its name in them. */
export interface DataKey {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** The same as it stands in what it seals. */
  readonly idBytes: Uint8Array;
  readonly key: KeyObject;
}

export function dataKey(id: string, key: KeyObject): DataKey {
  return { id, idBytes: Buffer.from(id, 'hex'), key };
}

/** Whose key is asked for. */
export interface KeyOwner {
  /** Pseudonym. */
  readonly tenant: string;
  /** Pseudonym; `null`: the tenant itself. */
  readonly subject: string | null;
}

/** Gives the keys of owners, without a promise where they are at hand. Rejects with a `CacheError`. */
export interface DataKeySource {
  /** What new data is sealed with now. */
  sealing(owner: KeyOwner): DataKey | Promise<DataKey>;
  /** The owner's key of that name; `null` if it is gone, or never was. */
  opening(owner: KeyOwner, id: string): DataKey | null | Promise<DataKey | null>;
  /** Lets go of what is at hand of an owner (without a subject: of the whole tenant), or of everything. */
  purge(owner?: KeyOwner): void;
}
