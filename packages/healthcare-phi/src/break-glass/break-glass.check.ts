import { assertOptionNames, CacheError, type OptionNames } from '@vitalcache/core';

import { checkId } from '../access/access.check.js';
import type { BreakGlassRequest, Part2Emergency } from './break-glass-grant.js';

const NAMES: OptionNames<BreakGlassRequest> = {
  patientId: true,
  reasonCode: true,
  reasonText: true,
  minutes: true,
  affiliation: true,
  part2: true,
};
const MAX_MINUTES = 60;
const [MIN_REASON, MAX_REASON] = [10, 1_000];
const PART2 = ['recipient', 'affiliation', 'discloser', 'nature'] as const;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * What was said, in the form in which it is recorded.
 * @throws CacheError `OPTION_INVALID` naming the member; what it holds is never repeated
 */
export function checkRequest(request: BreakGlassRequest): BreakGlassRequest {
  assertOptionNames('Break-glass', request, NAMES, 'OPTION_INVALID');
  const { minutes, affiliation, part2 } = request;
  if (!(minutes > 0 && minutes <= MAX_MINUTES)) {
    refuse(`minutes is ${String(minutes)}; accepted: more than 0, up to ${MAX_MINUTES}`);
  }
  if (typeof request.reasonCode !== 'string' || !/^[\w.-]{1,64}$/.test(request.reasonCode)) {
    refuse('reasonCode must be 1 to 64 letters, digits and the signs - _ .');
  }
  return {
    patientId: checkId('patientId', request.patientId, 'a break-glass request', 'OPTION_INVALID'),
    reasonCode: request.reasonCode,
    reasonText: text('reasonText', request.reasonText, MIN_REASON),
    minutes,
    ...(affiliation !== undefined && { affiliation: text('affiliation', affiliation, 1) }),
    ...(part2 !== undefined && { part2: part2Of(part2) }),
  };
}

/** Whether somebody gave the same reason, but for its looks. */
export function isSameReason(a: string, b: string): boolean {
  const plain = (reason: string): string =>
    reason
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '');
  return plain(a) === plain(b);
}

function part2Of(part2: Part2Emergency): Part2Emergency {
  const entries = PART2.map((name) => [name, text(`part2.${name}`, part2[name], 1)] as const);
  return Object.fromEntries(entries) as unknown as Part2Emergency;
}

/** Controls become visible, so that no line of the audit can be made to look like two. */
function text(name: string, value: unknown, min: number): string {
  const plain = typeof value === 'string' ? value.trim() : '';
  if (plain.length < min || plain.length > MAX_REASON) {
    refuse(`${name} must be a text of ${min} to ${MAX_REASON} characters`);
  }
  return plain.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function refuse(message: string): never {
  throw new CacheError('OPTION_INVALID', `Break-glass: ${message}.`);
}
