import { STATUS_CODES } from 'node:http';

import { HttpException } from '@nestjs/common';
import { isCacheError, type CacheErrorCode } from '@vitalcache/core';

/** What is wrong with a call, as RFC 9457 writes it. No key, no value. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Of the cache's errors; callers may branch on it. */
  readonly code?: CacheErrorCode;
}

const STATUS: Readonly<Record<CacheErrorCode, number>> = {
  OPTION_INVALID: 400,
  KEY_INVALID: 400,
  TAG_INVALID: 400,
  PATTERN_INVALID: 400,
  VALUE_INVALID: 400,
  ACCESS_MISSING: 403,
  ACCESS_DENIED: 403,
  CONFIG_INVALID: 409,
  FEATURE_MISSING: 409,
  LEGAL_HOLD: 409,
  LOAD_REENTRANT: 409,
  STORE_UNAVAILABLE: 503,
  STORE_REFUSED: 503,
  JOURNAL_MISMATCH: 503,
  NOT_RECORDED: 503,
  AUDIT_UNAVAILABLE: 503,
  LOAD_FAILED: 503,
  CLOSED: 503,
  STORE_TIMEOUT: 504,
  LOAD_TIMEOUT: 504,
};

/** What a server refuses before it is read: whatever the server says of it may repeat it. */
const UNREAD: Readonly<Record<number, string>> = {
  400: 'The body can not be read as JSON.',
  413: 'The body is larger than this application reads.',
  415: 'Bodies are sent as Content-Type: application/json, in UTF-8.',
};

/** Where the cache is the one that can't, the answer is 503 and says no more than that. */
const UNKNOWN = 'The cache could not do it; its log says why.';

export function problemOf(error: unknown): Problem {
  if (isCacheError(error)) return problem(STATUS[error.code], error.message, error.code);
  const { status, detail } = statusOf(error);
  return status >= 400 && status < 500 ? problem(status, detail) : problem(503, UNKNOWN);
}

function problem(status: number, detail: string, code?: CacheErrorCode): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  return { type: 'about:blank', title, status, detail, ...(code && { code }) };
}

/** Of an exception of the framework, or of what reads bodies. */
function statusOf(error: unknown): { readonly status: number; readonly detail: string } {
  if (error instanceof HttpException) {
    return { status: error.getStatus(), detail: error.message };
  }
  const { statusCode } = (error ?? {}) as { readonly statusCode?: unknown };
  const status = typeof statusCode === 'number' ? statusCode : 503;
  return { status, detail: UNREAD[status] ?? STATUS_CODES[status] ?? UNKNOWN };
}
