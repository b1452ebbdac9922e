import { readFileSync } from 'node:fs';

const KIB = 1024;
/** A limit that is so far above what it limits would let a mistake pass. */
const LOOSE = 1.5;

/** KiB of each package: as downloaded, and as it lies on the disk. */
export const sizeLimits = JSON.parse(
  readFileSync(new URL('./size-limits.json', import.meta.url), 'utf8'),
);

/** What is larger than its limit, or so much smaller that the limit says nothing. */
export function wrongSizes(name, { size, unpackedSize }, limits = sizeLimits) {
  const place = `${name} in tools/packages/size-limits.json`;
  if (!limits[name]) return [`there is no ${place}`];
  return [
    ['packed', size],
    ['unpacked', unpackedSize],
  ].flatMap(([what, bytes]) => {
    const limit = limits[name][what] * KIB;
    const kib = Math.ceil(bytes / KIB);
    if (bytes > limit)
      return [`${kib} KiB ${what}, above its limit: find out why, or raise that of ${place}`];
    if (bytes * LOOSE < limit) return [`${kib} KiB ${what}: lower the limit of ${place}`];
    return [];
  });
}
