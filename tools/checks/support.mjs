import { brokenSupport } from '../build/write-support.mjs';

/** The page of support says what was recorded. */
export async function checkSupport(root) {
  return { problems: await brokenSupport(root), notes: [] };
}
