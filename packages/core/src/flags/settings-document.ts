import { isAccepted, isSettingName, type RuntimeSettings } from './runtime-settings.js';

/** The format that this version writes, and the latest that it reads. */
const VERSION = 1;
/** Larger is nothing that a cache wrote. */
const MAX_BYTES = 1_048_576;
/** Most templates that can be switched on their own. */
export const MAX_TEMPLATES = 1_000;

/** What was changed at run time, as it stands in the store. */
export interface SettingsDocument {
  readonly values: Partial<RuntimeSettings>;
  readonly templates: ReadonlyMap<string, boolean>;
  /** Values of names that only another release knows: left alone, and written back as they were. */
  readonly foreign: Readonly<Record<string, unknown>>;
}

export const NO_SETTINGS: SettingsDocument = { values: {}, templates: new Map(), foreign: {} };

/** Bytes that can't be used: `newer` were written by a later release, `corrupt` by nobody. */
export type Unreadable = 'newer' | 'corrupt';

/** What stands in the store; no bytes are no settings. */
export function readDocument(bytes: Uint8Array | null): SettingsDocument | Unreadable {
  if (bytes === null) return NO_SETTINGS;
  const document = bytes.length <= MAX_BYTES ? parse(bytes) : null;
  if (!isRecord(document) || !Number.isInteger(document.version)) return 'corrupt';
  if ((document.version as number) > VERSION) return 'newer';
  const { values, templates } = document;
  if (document.version !== VERSION || !isRecord(values) || !isRecord(templates)) return 'corrupt';
  const switches = new Map<string, boolean>();
  for (const [template, said] of Object.entries(templates)) {
    if (!isRecord(said) || typeof said.enabled !== 'boolean') return 'corrupt';
    switches.set(template, said.enabled);
  }
  const known: [string, unknown][] = [];
  const foreign: [string, unknown][] = [];
  for (const [name, value] of Object.entries(values)) {
    if (!isSettingName(name)) foreign.push([name, value]);
    else if (isAccepted(name, value)) known.push([name, value]);
    else return 'corrupt';
  }
  if (switches.size > MAX_TEMPLATES) return 'corrupt';
  return {
    values: Object.fromEntries(known),
    templates: switches,
    foreign: Object.fromEntries(foreign),
  };
}

export function writeDocument({ values, templates, foreign }: SettingsDocument): Uint8Array {
  const switches = [...templates].map(([template, enabled]) => [template, { enabled }]);
  const document = {
    version: VERSION,
    values: { ...foreign, ...values },
    templates: Object.fromEntries(switches) as object,
  };
  return Buffer.from(JSON.stringify(document));
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return null; // corrupt, which the caller says
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
