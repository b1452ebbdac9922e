import 'dotenv/config';
import 'reflect-metadata';

import { explainStartupError } from '@vitalcache/nest-integration';

import { createApp } from './create-app.js';
import { StartError } from './database/start-error.js';
import { listen, readAddress } from './listen-address.js';
import { prepareAdminToken } from './monitoring/admin-token.js';
import { welcome } from './welcome.js';

try {
  const address = readAddress(process.env);
  const admin = prepareAdminToken(process.env);
  const app = await createApp(admin.env);
  await listen(app, address);
  process.stdout.write(welcome(await app.getUrl(), admin));
} catch (error) {
  const line = error instanceof StartError ? error.message : explainStartupError(error);
  if (line === null) throw error;
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
