import { statSync } from 'node:fs';
import { resolve } from 'node:path';

import { findUnknownVariables } from '@vitalcache/core';

import type { CliIo } from '../output/cli-io.js';
import type { Configuration } from '../setup/configuration.js';
import { Findings, type Finding } from './finding.js';

const GROUP_OR_WORLD = 0o077;

/** How the application is started, as far as its variables and this process say. */
export function checkProcess(
  io: CliIo,
  { env, reader, settings }: Configuration,
): readonly Finding[] {
  const findings = new Findings('process');
  const unknown = findUnknownVariables(env, reader.known);
  const notices = [
    ...settings.warnings,
    ...(unknown.length > 0 ? [`unknown variables: ${unknown.join(', ')}`] : []),
  ];
  if (notices.length === 0)
    findings.note('variables', 'ok', 'all are known and within their range');
  for (const notice of notices) findings.note('variables', 'warning', sentence(notice));
  checkInspector(findings, io, env);
  for (const [name, path] of secretFiles(env)) checkMode(findings, name, resolve(io.cwd, path));
  return findings.list;
}

function checkInspector(findings: Findings, io: CliIo, env: Configuration['env']): void {
  const flags = [...io.execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)];
  const isOpen = flags.some((flag) => flag.startsWith('--inspect'));
  if (env['NODE_ENV'] !== 'production') {
    const message =
      'NODE_ENV is not production; in production --inspect and heap dumps show what is in memory';
    findings.note('inspector', 'ok', message);
    return;
  }
  findings.judge('inspector', !isOpen, {
    well: 'off',
    ill: 'Node runs with --inspect in production: whoever reaches its port reads all memory. Remove it from NODE_OPTIONS.',
    unknown: '',
  });
}

/** Variables that name a file with a secret. */
function secretFiles(env: Configuration['env']): readonly (readonly [string, string])[] {
  return Object.entries(env).flatMap(([name, path]) =>
    /^(CACHE|REDIS|DRAGONFLY)_\w+_FILE$/.test(name) && !name.endsWith('CA_FILE') && path
      ? [[name, path] as const]
      : [],
  );
}

function checkMode(findings: Findings, name: string, path: string): void {
  if (name === 'CACHE_AUDIT_FILE') return; // a log, which its sink looks after
  try {
    const isOpen = (statSync(path).mode & GROUP_OR_WORLD) !== 0;
    findings.judge('file modes', !isOpen, {
      well: `${name} is the owner's alone`,
      ill: `${name} names a file that others can read. Run: chmod 600 on it`,
      unknown: '',
    });
  } catch {
    findings.note('file modes', 'problem', `${name} names a file that can't be looked at.`);
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
