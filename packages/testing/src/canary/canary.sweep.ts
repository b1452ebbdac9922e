import { CANARY_MARKS } from './canary-marks.js';
import { UnreadablePlace, type CanaryPlace } from './canary-place.js';
import { MarkSearcher, type Sighting } from './mark.searcher.js';

/** A mark in a place. It tells nothing of what stands around it. */
export interface CanaryFinding extends Sighting {
  readonly place: string;
}

/** What a sweep found. All is well if `findings` and `unread` are empty and the places hold what they should. */
export interface CanaryReport {
  readonly findings: readonly CanaryFinding[];
  /** Places that could not be looked at, and why. Nothing is known of them. */
  readonly unread: readonly { readonly place: string; readonly reason: string }[];
  /** How much was looked at in each place: an empty one proves nothing. */
  readonly searched: Readonly<Record<string, number>>;
}

/**
 * Searches places for marks, which tests put into the data of a system, in every encoding in which they could have got
 * there (see `MarkEncoding`). What is compressed or sealed hides them: switch compression off. A hash of a mark is not
 * found either.
 */
export class CanarySweep {
  readonly #searcher: MarkSearcher;

  /** @throws Error for a mark that is too short to be unmistakable */
  constructor(marks: readonly string[] = CANARY_MARKS) {
    this.#searcher = new MarkSearcher(marks);
  }

  /** Reads the places one after the other. Never rejects because of one. */
  async search(places: readonly CanaryPlace[]): Promise<CanaryReport> {
    const findings: CanaryFinding[] = [];
    const unread: { place: string; reason: string }[] = [];
    const searched: Record<string, number> = {};
    for (const place of places) {
      const { name } = place;
      try {
        const { bytes, sightings } = await this.#searcher.search(await place.read());
        searched[name] = (searched[name] ?? 0) + bytes;
        findings.push(...sightings.map((sighting) => ({ place: name, ...sighting })));
      } catch (error) {
        unread.push({ place: name, reason: reasonOf(error) });
      }
    }
    return { findings, unread, searched };
  }
}

/** Codes of this machine's files and sockets, and of servers' refusals. */
const CODE = /^(E[A-Z0-9]{2,}|ERR_\w+)$/;
const REFUSAL = /^(ERR|NOPERM|NOAUTH|WRONGPASS|MISCONF|LOADING|READONLY|MOVED)(?= )/;

/** The words of others may quote what they failed at: of those, a code is all that is passed on. */
function reasonOf(error: unknown): string {
  if (error instanceof UnreadablePlace) return error.message;
  const { code = '', name = 'Error', message = '' } = error as Partial<NodeJS.ErrnoException>;
  return CODE.exec(code)?.[0] ?? REFUSAL.exec(message)?.[0] ?? name;
}
