import { isIP } from 'node:net';

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port`; a literal IPv6 address stands in brackets. */
export function formatAddress({ host, port }: Address): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** Reads `host:port` or `[host]:port`; `null` for anything else. */
export function parseAddress(text: string): Address | null {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^\s:@/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = Number(port);
  return host !== undefined && number >= 1 && number <= 65_535 ? { host, port: number } : null;
}

/** Reads addresses parted by commas; `null` if one of them is none, or there is none at all. */
export function parseAddresses(text: string): readonly Address[] | null {
  const found = text.split(',').map((part) => parseAddress(part.trim()));
  return found.every((address) => address !== null) ? found : null;
}

/** How a server that announces one address is reached from here: by its announced `host:port`. */
export type AddressMap = Readonly<Record<string, Address>>;

/** The address to connect to instead of an announced one. */
export function reachable(announced: Address, map: AddressMap): Address {
  return map[formatAddress(announced)] ?? announced;
}
