/** What the terminal shows once the demo listens. */
export function welcome(url: string): string {
  const base = url.replace('127.0.0.1', 'localhost').replace('[::1]', 'localhost');
  return [
    '',
    `  The demo clinic is open: ${base}`,
    '',
    `  API description   ${base}/docs`,
    `  Health            ${base}/health`,
    `  Metrics           ${base}/metrics`,
    `  A patient, twice  curl -i ${base}/patients/patient-000001/records`,
    '',
    '  Everybody in it is fictitious. Ctrl-C closes it.',
    '',
    '',
  ].join('\n');
}
