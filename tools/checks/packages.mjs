import { outdatedPackagesPage } from '../build/write-packages.mjs';

/** The page on what packages weigh and pull in is as it would be written now. */
export async function checkPackages(root) {
  return { problems: await outdatedPackagesPage(root), notes: [] };
}
