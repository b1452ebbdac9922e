import { Injectable } from '@nestjs/common';

import { ageOf, cacheStatusOf, varyWith } from './cache-status.header.js';
import type { RequestRecord } from './request-scopes.js';

/** The headers of an answer before they are sent. */
export interface AnswerHeaders {
  readonly statusCode: number;
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: string): unknown;
}

/**
 * Says in the headers `Cache-Status`, `Age` and `Vary` of an answer what the cache did; with protected data in it, nobody
 * on the way may keep it. Of an error only that is said.
 */
@Injectable()
export class ResponseHeaders {
  write({ served, vary, privacy }: RequestRecord, answer: AnswerHeaders): void {
    if (privacy.isPrivate) answer.setHeader('Cache-Control', 'no-store');
    if (answer.statusCode >= 400) return;
    if (vary.size > 0) answer.setHeader('Vary', varyWith(textOf(answer.getHeader('Vary')), vary));
    if (served.length === 0) return;
    const before = textOf(answer.getHeader('Cache-Status'));
    const status = cacheStatusOf(served);
    answer.setHeader('Cache-Status', before ? `${before}, ${status}` : status);
    const age = ageOf(served);
    if (age === null) return;
    answer.setHeader('Age', String(Math.max(age, Number(answer.getHeader('Age')) || 0)));
  }
}

function textOf(header: number | string | readonly string[] | undefined): string | undefined {
  return header === undefined ? undefined : [header].flat().join(', ');
}
