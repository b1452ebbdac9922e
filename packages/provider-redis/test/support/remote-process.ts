import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** A process that runs a worker of this folder's parent and answers commands over IPC, `close` among them. */
export class RemoteProcess {
  readonly #child: ChildProcess;
  #calls = 0;

  constructor(worker: string, ...args: readonly string[]) {
    this.#child = fork(join(__dirname, '..', worker), args, { execArgv: [] });
    this.#child.setMaxListeners(0); // one a call under way
  }

  call(command: string, args: object = {}): Promise<unknown> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      const answer = (message: { id: number; result?: unknown; error?: string }): void => {
        if (message.id !== id) return;
        this.#child.off('message', answer);
        if (message.error === undefined) resolve(message.result);
        else reject(new Error(message.error));
      };
      this.#child.on('message', answer);
      this.#child.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
      this.#child.send({ id, command, ...args });
    });
  }

  async close(): Promise<void> {
    await this.call('close');
    this.#child.disconnect();
  }
}
