import type { AdminToken } from './monitoring/admin-token.js';

/** What the terminal shows once the demo listens. */
export function welcome(url: string, admin: Pick<AdminToken, 'inShell' | 'isMade'>): string {
  const base = url.replace('127.0.0.1', 'localhost').replace('[::1]', 'localhost');
  return [
    '',
    `The demo clinic is open: ${base}`,
    '',
    `API description   ${base}/docs`,
    `Health            ${base}/health`,
    `Metrics           ${base}/metrics`,
    `Cache dashboard   ${base}/cache/dashboard`,
    `A patient, twice  curl -i ${base}/patients/patient-000001/records`,
    '',
    admin.isMade
      ? 'The cache, for operators (this token ends with this start; set CACHE_ADMIN_TOKEN for one that stays):'
      : 'The cache, for operators:',
    '',
    `AUTH="Authorization: Bearer ${admin.inShell}"`,
    ...operatorLines(base),
    '',
    'Everybody in it is fictitious. Ctrl-C closes it.',
    '',
    '',
  ]
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}

/** To be pasted behind the line that sets AUTH. */
function operatorLines(base: string): string[] {
  const curl = 'curl -H "$AUTH"';
  return [
    `${curl} ${base}/cache`,
    `${curl} ${base}/cache/health`,
    `${curl} ${base}/cache/metrics`,
    `${curl} -X DELETE "${base}/cache?pattern=users:*"`,
    `${curl} -H "X-Audit-Reason: a drill" -X DELETE ${base}/cache/phi`,
    `${curl} -X POST ${base}/cache/warm`,
  ];
}
