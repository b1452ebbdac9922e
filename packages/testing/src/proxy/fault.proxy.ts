import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { garbled, type GarbleOptions } from './garble.js';
import { ProxyLink, type LinkFaults, type PassedBytes, type ProxyTarget } from './proxy-link.js';

export interface StallOptions {
  /** Whether connections that are made from now on are stalled too. */
  readonly new?: boolean;
}

export interface ProxyCounts extends Readonly<PassedBytes> {
  /** Accepted so far. */
  readonly connections: number;
  readonly openConnections: number;
}

/** Stands between clients and a server on loopback, and breaks what passes. Faults add up until `heal`. */
export interface FaultProxy {
  readonly host: string;
  readonly port: number;
  readonly counts: ProxyCounts;
  /** Passes each byte on so much later, in both directions. */
  delay(ms: number): void;
  /** Passes no more than that on, in each direction of each connection. */
  throttle(bytesPerSecond: number): void;
  /** Resets the connections that are open. New ones work. */
  cut(): void;
  /** Refuses new connections, as a port where nobody listens. Open ones stay. */
  refuse(): void;
  /**
   * Half-opens: the connections that are open stay so, and nothing passes on them, as when a cable is pulled. New ones
   * work, or with `new` are accepted and the server is not told of them.
   */
  stall(options?: StallOptions): void;
  /** Passes what clients send, but no answers, on the connections that are open, or with `new` on all. */
  stallReplies(options?: StallOptions): void;
  /** Changes bytes of the answers at random, on all connections. */
  garble(options?: GarbleOptions): void;
  /** Ends all faults. What was held back passes now. Resolves when new connections are accepted. */
  heal(): Promise<void>;
  /** Points new connections elsewhere. */
  target(target: number | ProxyTarget): void;
  /** Ends all connections. May be called twice. */
  close(): Promise<void>;
}

type NewLinks = 'work' | 'stall' | 'stallReplies';

interface Faults {
  readonly delayMs: number;
  readonly bytesPerSecond: number;
  readonly garble: GarbleOptions | null;
  readonly newLinks: NewLinks;
}

const NO_FAULTS: Faults = {
  delayMs: 0,
  bytesPerSecond: Infinity,
  garble: null,
  newLinks: 'work',
};
const LOOPBACK = '127.0.0.1';

/** Starts a proxy on a free loopback port. It stays open while the target is down; its clients are reset then. */
export async function startProxy(target: ProxyTarget): Promise<FaultProxy> {
  const proxy = new TcpFaultProxy(target);
  await proxy.listen(0);
  return proxy;
}

class TcpFaultProxy implements FaultProxy {
  readonly host = LOOPBACK;
  port = 0;
  #target: ProxyTarget;
  #faults = NO_FAULTS;
  #server: Server | null = null;
  #connections = 0;
  readonly #links = new Set<ProxyLink>();
  readonly #passed: PassedBytes = { requestBytes: 0, replyBytes: 0 };

  constructor(target: ProxyTarget) {
    this.#target = target;
  }

  get counts(): ProxyCounts {
    const [connections, openConnections] = [this.#connections, this.#links.size];
    return { connections, openConnections, ...this.#passed };
  }

  async listen(port: number): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
      this.#accept(client),
    );
    this.#server = server;
    await once(server.listen(port, LOOPBACK), 'listening');
    this.port = (server.address() as AddressInfo).port;
  }

  delay(ms: number): void {
    this.#faults = { ...this.#faults, delayMs: ms };
  }

  throttle(bytesPerSecond: number): void {
    if (!(bytesPerSecond > 0)) throw new RangeError('A throttle passes something: see stall.');
    this.#faults = { ...this.#faults, bytesPerSecond };
  }

  cut(): void {
    for (const link of this.#links) link.cut();
  }

  refuse(): void {
    this.#server?.close();
    this.#server = null;
  }

  stall(options: StallOptions = {}): void {
    for (const link of this.#links) link.stall();
    if (options.new) this.#faults = { ...this.#faults, newLinks: 'stall' };
  }

  stallReplies(options: StallOptions = {}): void {
    for (const link of this.#links) link.stallReplies();
    if (!options.new || this.#faults.newLinks === 'stall') return;
    this.#faults = { ...this.#faults, newLinks: 'stallReplies' };
  }

  garble(options: GarbleOptions = {}): void {
    this.#faults = { ...this.#faults, garble: options };
  }

  async heal(): Promise<void> {
    this.#faults = NO_FAULTS;
    for (const link of this.#links) {
      if (link.isIgnored) link.open(this.#target);
      else link.release();
    }
    if (!this.#server) await this.listen(this.port);
  }

  target(target: number | ProxyTarget): void {
    this.#target = typeof target === 'number' ? { port: target } : target;
  }

  async close(): Promise<void> {
    this.cut();
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    server.close();
    await once(server, 'close');
  }

  #accept(client: Socket): void {
    this.#connections++;
    const link = new ProxyLink(
      client,
      () => this.#linkFaults(),
      this.#passed,
      () => this.#links.delete(link),
    );
    this.#links.add(link);
    const { newLinks } = this.#faults;
    if (newLinks === 'stall') return;
    link.open(this.#target);
    if (newLinks === 'stallReplies') link.stallReplies();
  }

  #linkFaults(): LinkFaults {
    const { delayMs, bytesPerSecond, garble } = this.#faults;
    const requests = { delayMs, bytesPerSecond, change: (bytes: Buffer) => bytes };
    const change = (bytes: Buffer): Buffer => (garble ? garbled(bytes, garble) : bytes);
    return { requests, replies: { ...requests, change } };
  }
}
