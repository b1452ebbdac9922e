import { connect, type Socket } from 'node:net';

import { ProxyLane, type LaneFaults } from './proxy-lane.js';

export interface ProxyTarget {
  /** `127.0.0.1` if absent. */
  readonly host?: string;
  readonly port: number;
}

/** What passed on all connections. */
export interface PassedBytes {
  requestBytes: number;
  replyBytes: number;
}

export interface LinkFaults {
  readonly requests: LaneFaults;
  readonly replies: LaneFaults;
}

/** A client's connection and ours to the target. */
export class ProxyLink {
  #lanes: { readonly requests: ProxyLane; readonly replies: ProxyLane } | null = null;
  #target: Socket | null = null;
  #isBroken = false;

  constructor(
    private readonly client: Socket,
    private readonly faults: () => LinkFaults,
    private readonly passed: PassedBytes,
    private readonly onClose: () => void,
  ) {
    client.pause();
    this.#watch(client, () => this.#lanes?.requests);
  }

  /** Whether the target is not told of the client yet. */
  get isIgnored(): boolean {
    return this.#target === null;
  }

  open({ host = '127.0.0.1', port }: ProxyTarget): void {
    const { client, passed } = this;
    const target = connect({ host, port, allowHalfOpen: true, noDelay: true });
    this.#target = target;
    this.#watch(target, () => this.#lanes?.replies);
    this.#lanes = {
      requests: new ProxyLane(
        client,
        target,
        () => this.faults().requests,
        (count) => (passed.requestBytes += count),
      ),
      replies: new ProxyLane(
        target,
        client,
        () => this.faults().replies,
        (count) => (passed.replyBytes += count),
      ),
    };
    this.release();
  }

  stall(): void {
    this.#lanes?.requests.stall();
    this.stallReplies();
  }

  stallReplies(): void {
    this.#lanes?.replies.stall();
  }

  release(): void {
    this.#lanes?.requests.release();
    this.#lanes?.replies.release();
    if (this.#isBroken) this.cut();
  }

  /** Both sides are told with a reset. */
  cut(): void {
    for (const socket of [this.client, this.#target]) {
      if (socket && !socket.destroyed) socket.resetAndDestroy();
    }
  }

  #watch(socket: Socket, lane: () => ProxyLane | undefined): void {
    socket.on('error', () => {
      // A reset is something that passes, too.
      if (lane()?.isStalled) this.#isBroken = true;
      else this.cut();
    });
    socket.on('close', () => {
      if (this.client.destroyed && (this.#target?.destroyed ?? true)) this.onClose();
    });
  }
}
