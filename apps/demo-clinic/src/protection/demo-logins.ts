/** Somebody whom the demo lets in. There are no passwords: this shows what a login would bring, and is none. */
export interface DemoLogin {
  readonly id: DemoLoginId;
  /** What the page shows. */
  readonly name: string;
  readonly actor: string;
  readonly role: 'doctor' | 'receptionist' | 'records-office';
  readonly purpose: 'TREAT' | 'HOPERAT';
}

/** What a request says to be somebody. */
type DemoLoginId = 'doctor' | 'reception' | 'records';

/** Names of the header and of the cookie that choose a login. */
export const LOGIN_HEADER = 'x-demo-login';
const LOGIN_COOKIE = 'demo-login';

/** Everybody who can be chosen; the first one is meant where nobody is. */
export const DEMO_LOGINS: readonly [DemoLogin, ...DemoLogin[]] = [
  { id: 'doctor', name: 'Doctor', actor: 'doctor-001', role: 'doctor', purpose: 'TREAT' },
  {
    id: 'reception',
    name: 'Front desk',
    actor: 'reception-1',
    role: 'receptionist',
    purpose: 'HOPERAT',
  },
  {
    id: 'records',
    name: 'Records office',
    actor: 'records-1',
    role: 'records-office',
    purpose: 'HOPERAT',
  },
];

/** Who a request says to be: by header, else by cookie, else the first; `null` for somebody whom nobody knows. */
export function loginOf(headers: Readonly<Record<string, unknown>>): DemoLogin | null {
  const named = text(headers[LOGIN_HEADER]) ?? cookie(text(headers['cookie']) ?? '');
  if (named === undefined) return DEMO_LOGINS[0];
  return DEMO_LOGINS.find(({ id }) => id === named) ?? null;
}

function text(header: unknown): string | undefined {
  return typeof header === 'string' && header !== '' ? header : undefined;
}

function cookie(header: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === LOGIN_COOKIE)?.[1];
}
