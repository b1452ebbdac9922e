import { Redis } from 'ioredis-6';

/** The time of a store on a processor. */
export class StoreClock {
  readonly #redis: Redis;

  constructor(url: string) {
    this.#redis = new Redis(url);
  }

  /** Microseconds since the store's start. */
  async cpuUs(): Promise<number> {
    const info = await this.#redis.info('cpu');
    const [, system, user] = /used_cpu_sys:([\d.]+)[^]*?used_cpu_user:([\d.]+)/.exec(info) ?? [];
    return (Number(system) + Number(user)) * 1e6;
  }

  close(): void {
    this.#redis.disconnect();
  }
}
