const PHI = 'packages/healthcare-phi/src';
const ACCESS = [`${PHI}/access`, 'packages/healthcare-phi/test/isolation'];
const GLASS = [`${PHI}/break-glass`];
const EMERGENCY = [`${PHI}/emergency`];

/** Of who may see protected data, and of what is on record about it. */
export const ACCESS_MUTATIONS = [
  {
    mechanism: 'access: somebody must be asking',
    without: 'what nobody asks for is done',
    file: `${PHI}/access/access-cache.middleware.ts`,
    find: "throw contextMissing('An operation on protected data');",
    replace: 'return next();',
    suites: ACCESS,
  },
  {
    mechanism: 'access: whoever may not is refused',
    without: 'a refusal is recorded, and nothing else',
    file: `${PHI}/access/access-cache.middleware.ts`,
    find: 'throw this.#denied(refusal);',
    replace: 'this.#denied(refusal);',
    suites: ACCESS,
  },
  {
    mechanism: 'access: on record before the value is given',
    without: 'the record is written sometime',
    file: `${PHI}/access/access-cache.middleware.ts`,
    find: 'await this.#record(records.map(({ act, event }) => done(event, act, result)));',
    replace:
      'void this.#record(records.map(({ act, event }) => done(event, act, result))).catch(() => undefined);',
    suites: ACCESS,
  },
  {
    mechanism: 'access: clinics see nothing of each other',
    without: 'any clinic is as good as another',
    file: `${PHI}/access/authorizer.ts`,
    find: "if (isElsewhere(request)) return 'other-clinic';",
    replace: '',
    suites: ACCESS,
  },
  {
    mechanism: 'access: who says that they break the glass has a grant',
    without: 'they are believed',
    file: `${PHI}/access/authorizer.ts`,
    find: "context.grantId !== undefined || context.purpose === 'BTG'",
    replace: 'context.grantId !== undefined',
    suites: ACCESS,
  },
  {
    mechanism: 'access: what is nobody’s is its reader’s',
    without: 'users share what does not say whose it is',
    file: `${PHI}/access/entry.admission.ts`,
    find: "else if (!isNamed && actor !== SYSTEM_ACTOR) parts.push(scope('user', actor));",
    replace: '',
    suites: ACCESS,
  },
  {
    mechanism: 'access: what is obtained by a grant is the grant’s',
    without: 'it stands where all others find it',
    file: `${PHI}/access/entry.admission.ts`,
    find: "if (grantId !== undefined) return scope('grant', grantId);",
    replace: '',
    suites: ACCESS,
  },
  {
    mechanism: 'access: refreshes are the library’s own',
    without: 'they run on the account of whoever happened to read',
    file: `${PHI}/access/system.engine.ts`,
    find: 'return runAsSystem(this.#cause, async () => {',
    replace:
      'return ((_: unknown, work: () => Promise<RefreshOutcome>) => work())(runAsSystem, async () => {',
    suites: [`${PHI}/phi-cache`],
  },
  {
    mechanism: 'break-glass: bound to its patient',
    without: 'a grant opens everybody',
    file: `${PHI}/break-glass/break-glass.ts`,
    find: 'subject.patientId !== grant?.patientId',
    replace: 'false',
    suites: GLASS,
  },
  {
    mechanism: 'break-glass: over when it is over',
    without: 'a grant holds for ever',
    file: `${PHI}/break-glass/break-glass.ts`,
    find: '&& this.#clock.now() < grant.expiresAt',
    replace: '',
    suites: GLASS,
  },
  {
    mechanism: 'emergency: a bare value is never old',
    without: 'what is kept is given to those who do not get its age',
    file: `${PHI}/emergency/emergency-cache.strategy.ts`,
    find: 'const isAged = keptMs !== undefined;',
    replace: 'const isAged = true;',
    suites: EMERGENCY,
  },
  {
    mechanism: 'emergency: bounded wait for the source',
    without: 'it is waited for as long as it takes',
    file: `${PHI}/emergency/emergency-cache.strategy.ts`,
    find: 'softTimeoutMs: this.#originTimeoutMs,',
    replace: 'softTimeoutMs: 0,',
    suites: EMERGENCY,
  },
  {
    mechanism: 'levels: an unknown label is restricted',
    without: 'it is taken for none',
    file: `${PHI}/policy/sensitivity.labels.ts`,
    find: "return known ?? 'restricted';",
    replace: "return known ?? 'standard';",
    suites: [`${PHI}/policy`],
  },
  {
    mechanism: 'legal hold: a tenant is held with anybody in it',
    without: 'only what is held itself stops an erasure',
    file: `${PHI}/legal-hold/legal-holds.ts`,
    find: 'patientId === undefined || hold.patientId === null',
    replace: 'hold.patientId === null',
    suites: [`${PHI}/legal-hold`],
  },
];
