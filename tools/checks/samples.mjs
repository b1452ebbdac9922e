import { brokenSamples } from '../build/write-samples.mjs';

/** The samples are the document's, stand in harnesses unchanged, and each has a test. */
export async function checkSamples(root) {
  return { problems: await brokenSamples(root), notes: [] };
}
