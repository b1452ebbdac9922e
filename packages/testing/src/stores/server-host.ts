/** A process of a server. */
export interface ServerProcess {
  /** As the server itself sees it. */
  readonly pid: number;
  /** Whether it is known to have ended. */
  readonly hasEnded: () => boolean;
  /** Kills it, also while it is paused, and resolves when it is gone. */
  kill(): Promise<void>;
  signal(name: 'STOP' | 'CONT'): Promise<void>;
}

/** Where servers of the tests run: this machine, or one container. All of them reach each other at `address`. */
export interface ServerHost {
  readonly kind: 'docker' | 'binary';
  /** Where clients on this machine find the ports. */
  readonly address: string;
  /** What the servers bind to. */
  readonly bind: string;
  /** Free ports, the same inside and outside; that of a cluster's bus, 10000 above each, is free too. */
  readonly ports: readonly number[];
  /** A folder that is the tests' own, and is removed with the host. */
  readonly folder: string;
  /**
   * Starts a server. It ends with the host, and also when this process crashes.
   * @param log file on the host, to which what the server prints is added
   */
  run(args: readonly string[], log: string): Promise<ServerProcess>;
  /**
   * Runs a script of the shell, which finds `args` as `$1` and so on; resolves with what it printed.
   * @throws Error with what it printed if it fails
   */
  sh(script: string, ...args: readonly string[]): Promise<string>;
  /** Ends what is left of the servers and removes the folder. May be called twice. */
  stop(): Promise<void>;
}

/** A way to a host for servers of one make. */
export interface HostSource {
  readonly kind: ServerHost['kind'];
  open(portCount: number): Promise<ServerHost>;
}

const ATTEMPTS = 3;

/**
 * Opens the first host that can be had and starts servers on it. The host is stopped if that fails.
 * @throws Error that names what was tried and why it failed
 */
export async function onFirstHost<T>(
  sources: readonly HostSource[],
  portCount: number,
  start: (host: ServerHost) => Promise<T>,
): Promise<T> {
  const failures: string[] = [];
  for (const source of sources) {
    try {
      return await onHost(source, portCount, start);
    } catch (error) {
      failures.push(`${source.kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(failures.join('; '));
}

/** Tries again where somebody may have taken a port in between: on this machine, where that costs little. */
export async function onHost<T>(
  source: HostSource,
  portCount: number,
  start: (host: ServerHost) => Promise<T>,
  attempts = source.kind === 'binary' ? ATTEMPTS : 1,
): Promise<T> {
  const host = await source.open(portCount);
  try {
    return await start(host);
  } catch (error) {
    await host.stop();
    if (attempts <= 1) throw error;
  }
  return onHost(source, portCount, start, attempts - 1);
}
