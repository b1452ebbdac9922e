import { CacheError } from '../errors/cache.error.js';

/**
 * Loads a package that is installed only where it is needed.
 * @param name of the package
 * @param neededBy what needs it, as the user knows it; begins the message
 * @param load imports it; the name stands in the `import` itself, so that bundlers see it
 * @throws CacheError `FEATURE_MISSING` with the npm command when it can't be loaded; the `cause` says why
 */
export async function loadPeer<T>(
  name: string,
  neededBy: string,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const message = `${neededBy} needs the package ${name}: npm install ${name}`;
    throw new CacheError('FEATURE_MISSING', message, { cause });
  }
}
