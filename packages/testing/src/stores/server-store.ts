import { randomPrefix } from './random-prefix.js';
import { DATA_FILES, PRODUCTS } from './products.js';
import { answers, removeAll, serverPid, withRedis } from './redis-client.js';
import type { ServerHost, ServerProcess } from './server-host.js';
import type {
  OwnedStore,
  RestartOptions,
  StartAgainOptions,
  StoreAbility,
  StoreProduct,
  StoreSnapshot,
} from './test-store.js';

/** What every store on a host of the tests is able to do. */
export const OWNED_ABILITIES: readonly StoreAbility[] = [
  'restart',
  'kill',
  'pause',
  'snapshot',
  'configure',
];

export interface ServerPlan {
  readonly product: StoreProduct;
  readonly port: number;
  /** Further arguments of the server; they win over the usual ones. */
  readonly args?: readonly string[];
  /** What its configuration file holds at first; servers may rewrite it. Dragonfly has none. */
  readonly conf?: string;
  /** Told of every start, once the server answers. */
  readonly onStart?: (store: OwnedStore) => Promise<void>;
  /** Ends more than the server. */
  readonly onStop?: () => Promise<void>;
}

const PREPARE = 'mkdir -p "$1" && printf "%s\\n" "$2" >"$1/server.conf"';
const WIPE = `cd "$1" && rm -rf ${DATA_FILES}`;
const LAST_WORDS = 'tail -n 3 "$1/log"';
/** From folder `$1` to folder `$2`. */
const COPY = `mkdir -p "$2" && cd "$1" &&
for file in ${DATA_FILES}; do [ ! -e "$file" ] || cp -Rp "$file" "$2/" || exit 1; done`;

/** A server on a host of the tests, in a folder of its own. */
export class ServerStore implements OwnedStore {
  readonly prefix = randomPrefix();
  readonly product: StoreProduct;
  readonly kind: ServerHost['kind'];
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly #host: ServerHost;
  readonly #plan: ServerPlan;
  readonly #folder: string;
  #process: ServerProcess | null = null;
  #isPaused = false;
  #snapshots = 0;

  /** Resolves with a store that serves. */
  static async start(host: ServerHost, plan: ServerPlan): Promise<ServerStore> {
    const store = new ServerStore(host, plan);
    await host.sh(PREPARE, store.#folder, plan.conf ?? '');
    await store.start();
    return store;
  }

  /** Starts several at once. If one fails, none is still on its way when that is told. */
  static async startAll(
    host: ServerHost,
    plans: readonly ServerPlan[],
  ): Promise<readonly ServerStore[]> {
    const starting = plans.map((plan) => ServerStore.start(host, plan));
    await Promise.allSettled(starting);
    return Promise.all(starting);
  }

  private constructor(host: ServerHost, plan: ServerPlan) {
    this.#host = host;
    this.#plan = plan;
    this.#folder = `${host.folder}/${plan.port}`;
    this.product = plan.product;
    this.kind = host.kind;
    this.host = host.address;
    this.port = plan.port;
    this.url = `redis://${host.address}:${plan.port}`;
  }

  get isServing(): boolean {
    return this.#process !== null && !this.#isPaused;
  }

  async start({ keepData = true }: StartAgainOptions = {}): Promise<void> {
    if (this.#process) throw new Error('The server runs: kill it before it is started again.');
    if (!keepData) await this.#host.sh(WIPE, this.#folder);
    const { bind, address } = this.#host;
    const place = { port: this.port, bind, address, folder: this.#folder };
    const args = [...PRODUCTS[this.product].args(place), ...(this.#plan.args ?? [])];
    const started = await this.#host.run(args, `${this.#folder}/log`);
    this.#process = started;
    try {
      await answers(this.url, { hasEnded: started.hasEnded });
    } catch (error) {
      const said = await this.#host.sh(LAST_WORDS, this.#folder);
      throw new Error(`${String(error)}; the server said: ${said}`, { cause: error });
    }
    // Where the port was taken, somebody else has answered.
    const pid = await serverPid(this.url);
    if (pid !== null && pid !== started.pid) throw new Error(`port ${this.port} was taken`);
    await this.#plan.onStart?.(this);
  }

  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = null;
    this.#isPaused = false;
    await running?.kill();
  }

  async restart({ keepData = false }: RestartOptions = {}): Promise<void> {
    if (keepData && this.isServing) await this.#save();
    await this.kill();
    await this.start({ keepData });
  }

  async pause(): Promise<void> {
    this.#isPaused = this.#process !== null;
    await this.#process?.signal('STOP');
  }

  async resume(): Promise<void> {
    this.#isPaused = false;
    await this.#process?.signal('CONT');
  }

  async snapshot(): Promise<StoreSnapshot> {
    await this.#save();
    const folder = `${this.#folder}/snapshot-${++this.#snapshots}`;
    await this.#host.sh(COPY, this.#folder, folder);
    return { folder };
  }

  async restore({ folder }: StoreSnapshot): Promise<void> {
    await this.kill();
    await this.#host.sh(WIPE, this.#folder);
    await this.#host.sh(COPY, folder, this.#folder);
    await this.start();
  }

  flush(): Promise<void> {
    return removeAll(this.url);
  }

  async stop(): Promise<void> {
    await this.kill();
    await this.#plan.onStop?.();
  }

  async #save(): Promise<void> {
    await withRedis(this.url, (client) => client.save());
  }
}
