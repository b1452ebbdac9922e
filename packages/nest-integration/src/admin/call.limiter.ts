/** Addresses that are told apart; beyond it the one that was quiet longest is forgotten. */
const MAX_CALLERS = 1_000;
const MINUTE_MS = 60_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** Bounds how often each caller may do something: so many at once, and as many again spread over each minute. */
export class CallLimiter {
  readonly #buckets = new Map<string, Bucket>();

  /** @param now milliseconds that only grow */
  constructor(
    private readonly perMinute: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes one; returns 0, or in how many seconds there will be one. */
  take(caller: string): number {
    const bucket = this.#bucketOf(caller);
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return 0;
    }
    return this.#secondsFor(bucket);
  }

  get size(): number {
    return this.#buckets.size;
  }

  #secondsFor({ tokens }: Bucket): number {
    return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * 60) / this.perMinute);
  }

  /** Filled up as time went by, and last in the order of those that are forgotten. */
  #bucketOf(caller: string): Bucket {
    const at = this.now();
    const bucket = this.#buckets.get(caller) ?? { tokens: this.perMinute, at };
    const gained = ((at - bucket.at) / MINUTE_MS) * this.perMinute;
    bucket.tokens = Math.min(this.perMinute, bucket.tokens + gained);
    bucket.at = at;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    if (this.#buckets.size > MAX_CALLERS) {
      this.#buckets.delete(this.#buckets.keys().next().value as string);
    }
    return bucket;
  }
}

/** Whom a call is counted for: an address, of IPv6 the network that one customer has. */
export function callerOf(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const front = head.split(':').filter((part) => part !== '');
  const back = (tail ?? '').split(':').filter((part) => part !== '');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  return [...front, ...Array<string>(zeros).fill('0'), ...back].slice(0, 4).join(':');
}
