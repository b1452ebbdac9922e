import { concatMap, dematerialize, materialize, type Observable } from 'rxjs';

/** What is done before whoever subscribed hears of a value, the end or an error. */
export interface Following {
  /** @param result the latest value, of several subscribers whoever's: to invalidate too much does no harm */
  onDone(result: unknown): Promise<void>;
  onError?(): Promise<void>;
}

/**
 * An Observable whose values each wait until what follows from them is done, for whoever takes the first one and leaves
 * (`firstValueFrom`) never hears of the end. What is done between the last value and the end counts as well.
 */
export function followed(answer: Observable<unknown>, following: Following): Observable<unknown> {
  let last: unknown;
  return answer.pipe(
    materialize(), // an error overtakes no value
    concatMap(async (notice) => {
      if (notice.kind === 'N') last = notice.value;
      if (notice.kind === 'E') await following.onError?.();
      else await following.onDone(last);
      return notice;
    }),
    dematerialize(),
  );
}
