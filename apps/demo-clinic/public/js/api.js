import { describeCache } from './cache-status.js';

/** Before every path; set when the API does not live at the root. */
const BASE = '';

const LOGIN = 'demo-login';

/** Who is at the desk, as chosen on this page; `null`: whoever the server takes for it. */
export const chosenLogin = () => globalThis.localStorage?.getItem(LOGIN) ?? null;

/** Remembers who is at the desk. */
export const chooseLogin = (id) => localStorage.setItem(LOGIN, id);

/** The server did not answer at all. */
export class Unreachable extends Error {}

/** The server answered, but not with what was asked for. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.message ?? `The server answered ${status}`);
    this.status = status;
    /** @type {{ field: string, problem: string }[]} */
    this.fields = Array.isArray(problem?.fields) ? problem.fields : [];
  }
}

/**
 * Asks the server and measures how long it takes until the whole answer is here.
 * @returns {Promise<{ body: any, ms: number, at: number, cache: ReturnType<typeof describeCache> }>}
 */
async function ask(path, { method = 'GET', body } = {}) {
  const started = performance.now();
  let response;
  let text;
  try {
    response = await fetch(BASE + path, {
      method,
      // The browser's own cache would hide what is shown here.
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
        ...(chosenLogin() && { 'x-demo-login': chosenLogin() }),
      },
      body: body ? JSON.stringify(body) : undefined,
    });
    text = await response.text();
  } catch {
    throw new Unreachable('The server does not answer');
  }
  const ms = latency(response.url, started);
  const answer = parse(text);
  if (!response.ok) throw new Refused(response.status, answer);
  return { body: answer, ms, at: performance.now(), cache: describeCache(response.headers) };
}

performance.setResourceTimingBufferSize?.(500);
performance.addEventListener?.('resourcetimingbufferfull', () =>
  performance.clearResourceTimings(),
);

// The browser's own clock of the request where it is there: what the page draws meanwhile does not count.
function latency(url, started) {
  const entry = performance
    .getEntriesByName(url, 'resource')
    .find(({ startTime }) => startTime >= started);
  return entry && entry.responseEnd > entry.startTime
    ? entry.responseEnd - entry.startTime
    : performance.now() - started;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const patientPath = (id) => `/patients/${encodeURIComponent(id)}`;

/** The routes that this page uses. */
export const api = {
  clinics: async () => items((await ask('/clinics')).body),
  patients: async ({ limit, cursor, clinicId }) => {
    const query = new URLSearchParams({ limit: String(limit) });
    if (cursor) query.set('cursor', cursor);
    if (clinicId) query.set('clinicId', clinicId);
    const { body } = await ask(`/patients?${query}`);
    return { items: items(body), nextCursor: body?.nextCursor ?? null };
  },
  patient: (id) => ask(patientPath(id)),
  records: (id) => ask(`${patientPath(id)}/records?includeVitals=true&includePrescriptions=true`),
  logins: async () => items((await ask('/logins')).body),
  isHeld: async (id) => (await ask(`${patientPath(id)}/legal-hold`)).body?.isHeld === true,
  hold: (id, reason) => ask(`${patientPath(id)}/legal-hold`, { method: 'PUT', body: { reason } }),
  release: (id) => ask(`${patientPath(id)}/legal-hold`, { method: 'DELETE' }),
  erase: async (id, reason) =>
    (await ask(`${patientPath(id)}/erasure`, { method: 'POST', body: { reason } })).body,
  change: (id, patch) => ask(patientPath(id), { method: 'PATCH', body: patch }),
};

function items(body) {
  return Array.isArray(body) ? body : (body?.items ?? []);
}
