import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { HistoryEvent } from '@vitalcache/testing';

import type { WorkerPlan } from './fault-plan.js';

/** A token of an invalidation, and which one it was. */
export interface ToldToken {
  readonly id: string;
  readonly token: string;
}

/** What a worker says of its cache. */
export interface Probe {
  readonly isWell: boolean;
  readonly recorded: boolean;
  readonly hits: number;
  readonly isBlind: boolean;
  readonly queuedForMs: number;
  readonly breaker: string;
  readonly epoch: { readonly stamp: number; readonly nonce: number } | null;
}

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly events?: readonly HistoryEvent[];
  readonly token?: ToldToken;
}

/** A cache in a process of its own, worked there, that tells what it sees. */
export class RemoteWorker {
  /** All that it has told so far. */
  readonly events: HistoryEvent[] = [];
  onToken: (token: ToldToken) => void = () => undefined;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #calls = 0;

  constructor(plan: WorkerPlan) {
    const main = join(__dirname, 'worker/main.mjs');
    this.#child = fork(main, [JSON.stringify(plan)], { execArgv: [], serialization: 'json' });
    this.#child.on('message', (message) => this.#hear(message as Message));
    this.#child.on('exit', (code, signal) => {
      const error = `worker ${plan.worker} ended with ${signal ?? code}`;
      for (const answer of this.#waiting.values()) answer({ error });
    });
  }

  async call<T>(command: string, args: object = {}): Promise<T> {
    const id = ++this.#calls;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#send({ id, command, ...args });
    const { result, error } = await answer;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(error);
    return result as T;
  }

  /** Without an answer. */
  learn(token: ToldToken): void {
    this.#send({ command: 'token', token });
  }

  /** Stops the process in its tracks. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  #send(message: object): void {
    if (this.#child.connected) this.#child.send(message);
  }

  #hear({ id, events, token, ...answer }: Message): void {
    if (events) this.events.push(...events);
    if (token) this.onToken(token);
    if (id !== undefined) this.#waiting.get(id)?.(answer);
  }
}
