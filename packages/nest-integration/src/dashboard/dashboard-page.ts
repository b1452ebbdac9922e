import { createHash } from 'node:crypto';

import { DASHBOARD_MARKUP } from './dashboard.markup.js';
import { DASHBOARD_POLL } from './dashboard.poll.js';
import { DASHBOARD_STYLES } from './dashboard.styles.js';
import { DASHBOARD_VIEW } from './dashboard.view.js';

const SCRIPT = `'use strict';${DASHBOARD_VIEW}${DASHBOARD_POLL}`;

/** The whole page: it loads nothing, and holds no data. */
export const DASHBOARD_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Cache</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<style>${DASHBOARD_STYLES}</style>
</head>
<body>${DASHBOARD_MARKUP}<script>${SCRIPT}</script></body>
</html>
`;

/** Lets this style and this script work, and nothing else; the page may ask where it came from. */
export const DASHBOARD_POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(DASHBOARD_STYLES)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
