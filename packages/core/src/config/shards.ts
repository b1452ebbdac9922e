import type { EnvironmentReader } from './environment.reader.js';

const MEMBERS: Readonly<Record<string, (value: unknown) => boolean>> = {
  host: isText,
  port: (value) => isWhole(value, 1, 65_535),
  weight: (value) => typeof value === 'number' && value > 0 && value <= 1_000,
  name: isText,
  username: isText,
  password: isText,
  db: (value) => isWhole(value, 0, 999_999),
  tls: (value) => typeof value === 'boolean',
};
const REQUIRED = ['host', 'port'];

/** One store of several. */
export interface Shard {
  readonly host: string;
  readonly port: number;
  /** Its share of the keys, relative to the others. Default: 1. */
  readonly weight?: number;
  readonly name?: string;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: boolean;
}

/** What a store of several is called: its name, else its address. */
export function shardName({ name, host, port, db = 0 }: Shard): string {
  return name ?? `${host}:${port}/${db}`;
}

/**
 * Reads a list of stores as JSON from the variable or the file that `<name>_FILE` names. What is wrong is noted in the
 * reader by place, never by value: the list may hold passwords.
 */
export function readShards(reader: EnvironmentReader, name: string): readonly Shard[] | undefined {
  const text = reader.secret(name);
  if (text === undefined) return undefined;
  const list = parse(text);
  const problem =
    Array.isArray(list) && list.length > 0 ? firstProblem(list) : 'is empty or no list';
  if (problem === undefined) return list as Shard[];
  return reader.reject(
    name,
    `a JSON list of {host, port, weight?, name?, username?, password?, db?, tls?} (it ${problem})`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the parser's message quotes the text
  }
}

function firstProblem(list: readonly unknown[]): string | undefined {
  for (const [index, shard] of list.entries()) {
    if (typeof shard !== 'object' || shard === null) return `has no object at [${index}]`;
    const members = Object.entries(shard);
    const wrong =
      REQUIRED.find((member) => !(member in shard)) ??
      members.find(([member, value]) => !isAccepted(member, value))?.[0];
    if (wrong !== undefined) return `is wrong at [${index}].${wrong.slice(0, 40)}`;
  }
  return firstNamesake(list as readonly Shard[]);
}

/** Names decide which keys a store gets: two of one name would share them by chance. */
function firstNamesake(shards: readonly Shard[]): string | undefined {
  const places = new Map<string, number>();
  for (const [index, shard] of shards.entries()) {
    const name = shardName(shard);
    const first = places.get(name);
    if (first !== undefined) return `has at [${index}] the name of [${first}]`;
    places.set(name, index);
  }
  return undefined;
}

function isAccepted(member: string, value: unknown): boolean {
  return Object.hasOwn(MEMBERS, member) && (MEMBERS[member]?.(value) ?? false);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isWhole(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}
