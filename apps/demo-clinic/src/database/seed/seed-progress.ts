import { Presets, SingleBar } from 'cli-progress';

/** Hears how far the seed is. */
export interface ISeedProgress {
  /** Begins with `total` patients to come. */
  start(total: number): void;
  /** So many patients are in the database. */
  advanceTo(done: number): void;
  /** Called once at the end, also after a failure. */
  stop(): void;
}

/** Says nothing. */
export const silentProgress: ISeedProgress = {
  start: () => undefined,
  advanceTo: () => undefined,
  stop: () => undefined,
};

/** A bar on a terminal; elsewhere, such as in a container's log, a line at each quarter. */
export function terminalProgress(stream: NodeJS.WriteStream = process.stderr): ISeedProgress {
  return stream.isTTY ? barProgress(stream) : lineProgress(stream);
}

function barProgress(stream: NodeJS.WriteStream): ISeedProgress {
  const bar = new SingleBar(
    {
      stream,
      format: 'Preparing the demo clinic  {bar}  {percentage} %  {value}/{total} patients',
      // A hidden cursor and switched off line wrapping would stay so after Ctrl-C.
      hideCursor: false,
      linewrap: true,
    },
    Presets.shades_classic,
  );
  return {
    start: (total) => bar.start(total, 0),
    advanceTo: (done) => bar.update(done),
    stop: () => bar.stop(),
  };
}

function lineProgress(stream: NodeJS.WriteStream): ISeedProgress {
  let total = 0;
  let said = 0;
  return {
    start: (count) => {
      total = count;
      stream.write(`Preparing the demo clinic: ${count} fictitious patients\n`);
    },
    advanceTo: (done) => {
      const quarter = Math.floor((done / total) * 4) * 25;
      if (quarter > said) stream.write(`Preparing the demo clinic: ${quarter} %\n`);
      said = Math.max(said, quarter);
    },
    stop: () => undefined,
  };
}
