const section = (text, items, collapsed) => ({
  text,
  ...(collapsed === undefined ? {} : { collapsed }),
  items: items.map(([name, link]) => ({ text: name, link })),
});

/** Every page of the site but the reference, in the order in which they are read. */
export const SIDEBAR = [
  section('Guide', [
    ['Overview', '/overview'],
    ['Getting started', '/getting-started'],
    ['Concepts', '/concepts'],
    ['Recipes', '/recipes'],
    ['Testing', '/testing'],
    ['Environment', '/environment'],
    ['Migrating', '/migration'],
  ]),
  section('Running it', [
    ['Operations', '/operations'],
    ['What to watch', '/watch'],
    ['Troubleshooting', '/troubleshooting'],
    ['Security', '/security'],
    ['Beside other caches', '/results'],
    ['Performance', '/performance'],
    ['Sizing', '/scale'],
    ['Support', '/support'],
    ['Packages', '/packages'],
  ]),
  section('Health information', [
    ['Four questions', '/healthcare/'],
    ['Access', '/healthcare/access'],
    ['Audit', '/healthcare/audit'],
    ['Where plaintext is', '/healthcare/data-flow'],
    ['Controls', '/healthcare/controls'],
    ['Limits', '/healthcare/limits'],
  ]),
  section(
    'Packages',
    [
      ['core', '/packages/core'],
      ['nest-integration', '/packages/nest-integration'],
      ['swr', '/packages/swr'],
      ['provider-memory', '/packages/provider-memory'],
      ['provider-redis', '/packages/provider-redis'],
      ['provider-dragonfly', '/packages/provider-dragonfly'],
      ['healthcare-phi', '/packages/healthcare-phi'],
      ['metrics', '/packages/metrics'],
      ['testing', '/packages/testing'],
      ['cli', '/packages/cli'],
      ['The demo clinic', '/packages/demo-clinic'],
      ['The benchmark', '/packages/benchmark'],
    ],
    true,
  ),
  section(
    'Working on it',
    [
      ['Architecture', '/architecture'],
      ['Decisions', '/adr/'],
      ['Contributing', '/contributing'],
      ['Reporting a vulnerability', '/reporting'],
      ['Licences', '/licences'],
      ['Samples and their tests', '/samples'],
      ['What goes red without it', '/mutations'],
      ['Map of these pages', '/map'],
    ],
    true,
  ),
];
