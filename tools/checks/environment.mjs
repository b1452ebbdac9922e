import { brokenEnvironment } from '../build/write-environment.mjs';

/** Each switch has a test, and page and example say what the list of variables says. */
export async function checkEnvironment(root) {
  return { problems: await brokenEnvironment(root), notes: [] };
}
