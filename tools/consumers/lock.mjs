const OURS = /(^|\/)node_modules\/@vitalcache\//;

/**
 * A lock file of a consumer without our own packages: those are packed anew each time, so that nothing about them is kept,
 * while everything of others stays as it was.
 */
export function withoutOurs(lock) {
  const packages = Object.entries(lock.packages).filter(([path]) => !OURS.test(path));
  return { ...lock, packages: Object.fromEntries(packages) };
}

const nameOf = (path) => path.replace(/^.*node_modules\//, '');
const isNative = ({ os, cpu }) => os !== undefined || cpu !== undefined;

/** What a lock file, npm's or the hidden one, installs for production: `{ path, name, version, isOurs, isNative }`. */
export function installedBy({ packages }) {
  return Object.entries(packages)
    .filter(([path, entry]) => path !== '' && !entry.dev)
    .map(([path, entry]) => ({
      path,
      name: nameOf(path),
      version: entry.version,
      isOurs: OURS.test(path),
      isNative: isNative(entry),
    }));
}

/** What of others is in one lock file and not, or in another version, in the other one. */
export function driftOf(before, after) {
  const list = ({ packages }) =>
    new Map(
      Object.entries(withoutOurs({ packages }).packages)
        .filter(([path]) => path !== '')
        .map(([path, { version }]) => [path, version]),
    );
  const [old, now] = [list(before), list(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => `${nameOf(path)} ${old.get(path) ?? 'none'} → ${now.get(path) ?? 'none'}`);
}
