import { PURPOSES } from './access/access.check.js';
import type { BreakGlassOptions } from './break-glass/break-glass.js';
import type { HealthcarePluginOptions } from './healthcare-plugin.options.js';
import { LEVELS } from './policy/level-rules.js';

/** What one option takes. */
export interface OptionValue {
  /** Completes: must be … */
  readonly accepts: string;
  readonly isRight: (value: unknown) => boolean;
  readonly isNeeded?: true;
  /** Of what it consists, where it has options of its own. */
  readonly members?: OptionShape;
}

export type OptionShape = Readonly<Record<string, OptionValue>>;

/** The compiler sees to it that the names are complete. */
type ShapeOf<T> = Readonly<Record<keyof Required<T>, OptionValue>>;

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const isListOf = (isOne: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(isOne);
const hasAll = (value: unknown, names: readonly string[], type: string): boolean =>
  isObject(value) && names.every((name) => typeof Reflect.get(value as object, name) === type);

const FLAG: OptionValue = {
  accepts: 'true or false',
  isRight: (value) => typeof value === 'boolean',
};
const HOOK: OptionValue = {
  accepts: 'a function',
  isRight: (value) => typeof value === 'function',
};
const NUMBER: OptionValue = { accepts: 'a number', isRight: (value) => Number.isFinite(value) };
const TABLE: OptionValue = {
  accepts: 'an object',
  isRight: (value) => isObject(value) && !Array.isArray(value),
};
const LIST_OF_ROLES: OptionValue = {
  accepts: 'a list of roles',
  isRight: isListOf(isText),
  isNeeded: true,
};
const ROLES: OptionValue = {
  ...LIST_OF_ROLES,
  accepts: 'a list of at least one role',
  isRight: (value) => LIST_OF_ROLES.isRight(value) && (value as unknown[]).length > 0,
};
const BOOK: OptionValue = { ...having('add', 'all'), isNeeded: true };

/** Something that others implement. */
function having(...methods: readonly string[]): OptionValue {
  return {
    accepts: `an object with the methods ${methods.join(', ')}`,
    isRight: (value) => hasAll(value, methods, 'function'),
  };
}

function of(members: OptionShape): OptionValue {
  return { ...TABLE, members };
}

const BREAK_GLASS: ShapeOf<NonNullable<HealthcarePluginOptions['breakGlass']>> = {
  book: BOOK,
  roles: ROLES,
  reviewerRoles: LIST_OF_ROLES,
  onBreakGlass: HOOK,
  onAlarm: HOOK,
  alarmAbove: NUMBER,
} satisfies ShapeOf<Omit<BreakGlassOptions, 'audit' | 'signer' | 'clock' | 'newId'>>;

const LEGAL_HOLD: ShapeOf<NonNullable<HealthcarePluginOptions['legalHold']>> = {
  roles: ROLES,
  book: BOOK,
};

const POLICY: ShapeOf<NonNullable<HealthcarePluginOptions['policy']>> = {
  maxTtl: TABLE,
  restrictedPurposes: {
    accepts: `a list of ${Object.keys(PURPOSES).join(', ')}`,
    isRight: isListOf((purpose) => Object.hasOwn(PURPOSES, String(purpose))),
  },
  labels: {
    accepts: `an object of labels and their levels (${LEVELS.join(', ')})`,
    isRight: (value) => TABLE.isRight(value) && Object.values(value as object).every(isLevel),
  },
  projections: {
    accepts: 'an object of templates and lists of members',
    isRight: (value) => TABLE.isRight(value) && Object.values(value as object).every(Array.isArray),
  },
};

const EMERGENCY: ShapeOf<NonNullable<HealthcarePluginOptions['emergency']>> = {
  staleIfErrorMs: NUMBER,
  originTimeoutMs: NUMBER,
};

/** All that `healthcarePlugin()` takes. */
export const PLUGIN_OPTIONS: ShapeOf<HealthcarePluginOptions> = {
  keyring: {
    accepts: 'a Keyring, as loadKeyring() and Keyring.parse() give it',
    isRight: (value) => hasAll(value, ['kek', 'index', 'audit'], 'object'),
  },
  keyProvider: having('currentKekId', 'wrap', 'unwrap'),
  keyStore: having('get', 'putIfAbsent', 'destroy', 'destroyTenant', 'tenants', 'list'),
  subjectKeys: {
    accepts: "'derived' or 'stored'",
    isRight: (value) => value === 'derived' || value === 'stored',
  },
  audit: having('record'),
  levels: { accepts: `a list of ${LEVELS.join(', ')}`, isRight: isListOf(isLevel) },
  policy: of(POLICY),
  authorize: HOOK,
  resolveAccess: HOOK,
  ttl: TABLE,
  emergency: of(EMERGENCY),
  breakGlass: of(BREAK_GLASS),
  legalHold: of(LEGAL_HOLD),
  receiptsDirectory: { accepts: 'the path of a directory', isRight: isText },
  swr: having('read'),
  encryption: FLAG,
  auditLogging: FLAG,
  allowPlaintextConnection: FLAG,
  reportsUndeclared: FLAG,
  logger: having('debug', 'log', 'warn', 'error'),
  clock: having('now', 'sleep'),
};

function isLevel(value: unknown): boolean {
  return (LEVELS as readonly unknown[]).includes(value);
}
