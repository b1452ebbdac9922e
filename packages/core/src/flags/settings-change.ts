import { CacheError } from '../errors/cache.error.js';
import {
  assertSetting,
  assertSettingName,
  type RuntimeSettings,
  type SettingName,
} from './runtime-settings.js';
import { MAX_TEMPLATES, type SettingsDocument } from './settings-document.js';

/** Longest name of a template. */
const MAX_TEMPLATE_LENGTH = 1_024;

/** What is to be changed. `null` takes a change back: the setting returns to its variable, the template is on. */
export interface SettingsChange {
  readonly values?: { readonly [K in SettingName]?: RuntimeSettings[K] | null };
  readonly templates?: Readonly<Record<string, { readonly enabled: boolean } | null>>;
}

/** One setting, before and after. */
export interface SettingChanged {
  /** Name of the setting; `template` for one template. */
  readonly name: SettingName | 'template';
  /** Which one, for `template`; `null` otherwise. */
  readonly template: string | null;
  readonly old: boolean | number | string;
  readonly new: boolean | number | string;
  /** Whether it was this process that changed it. */
  readonly isOwn: boolean;
}

/** @throws CacheError `OPTION_INVALID` naming the setting and what it accepts; nothing is changed then */
export function assertChange(change: SettingsChange): void {
  const names =
    typeof change === 'object' && (change as unknown) !== null ? Object.keys(change) : [];
  if (names.length === 0 || names.some((name) => name !== 'values' && name !== 'templates')) {
    refuse(
      'A change of the settings is { values: { name: value } }, { templates: { … } }, or both.',
    );
  }
  for (const [name, value] of Object.entries(change.values ?? {})) {
    if (value === null) assertSettingName(name);
    else assertSetting(name, value);
  }
  for (const [template, said] of Object.entries(change.templates ?? {})) {
    if (template === '' || template.length > MAX_TEMPLATE_LENGTH) {
      refuse(`A template's name has ${template.length} characters; accepted: 1 to 1024.`);
    }
    if (said !== null && typeof (said as { enabled?: unknown } | undefined)?.enabled !== 'boolean')
      refuse('A template takes { enabled: true } or { enabled: false }, or null.');
  }
}

/** @throws CacheError `OPTION_INVALID` when there would be too many templates */
export function applyChange(
  { values, templates, foreign }: SettingsDocument,
  change: SettingsChange,
): SettingsDocument {
  const merged = Object.entries({ ...values, ...change.values });
  const switches = new Map(templates);
  for (const [template, said] of Object.entries(change.templates ?? {})) {
    if (said === null) switches.delete(template);
    else switches.set(template, said.enabled);
  }
  if (switches.size > MAX_TEMPLATES) {
    refuse(`${switches.size} templates are switched on their own; accepted: up to 1000.`);
  }
  return {
    values: Object.fromEntries(merged.filter(([, value]) => value !== null)),
    templates: switches,
    foreign,
  };
}

/** What is in force, as it can be compared. */
export interface InForce {
  readonly values: RuntimeSettings;
  readonly templates: ReadonlyMap<string, boolean>;
}

export function changesBetween(
  before: InForce,
  after: InForce,
  isOwn: boolean,
): readonly SettingChanged[] {
  const names = Object.keys(after.values) as SettingName[];
  const templates = new Set([...before.templates.keys(), ...after.templates.keys()]);
  return [
    ...names.map((name) => ({
      name,
      template: null,
      old: before.values[name],
      new: after.values[name],
      isOwn,
    })),
    ...[...templates].map((template) => ({
      name: 'template' as const,
      template,
      old: before.templates.get(template) ?? true,
      new: after.templates.get(template) ?? true,
      isOwn,
    })),
  ].filter((changed) => changed.old !== changed.new);
}

function refuse(message: string): never {
  throw new CacheError('OPTION_INVALID', message);
}
