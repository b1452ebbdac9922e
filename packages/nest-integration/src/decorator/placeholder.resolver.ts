import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';

import type { DeclaredParameters } from './parameter-names.js';
import type { RouteParameter } from './route-metadata.js';

/** Gives the value of a placeholder in the arguments of a call. */
export type PlaceholderGetter = (args: readonly unknown[]) => unknown;

/** Whatever the placeholders of a template can be filled in from. */
export interface PlaceholderSource {
  /** `undefined`: there is no such placeholder. */
  getter(placeholder: string): PlaceholderGetter | undefined;
  /** What placeholders can be named, for messages. */
  readonly known: readonly string[];
}

/** Objects of a request whose members are found by their own names, in order of precedence. */
const WHOLE = [RouteParamtypes.PARAM, RouteParamtypes.QUERY, RouteParamtypes.BODY] as const;

/** Knows where in a call the value of a placeholder stands. Everything that can be decided is decided once. */
export class PlaceholderResolver implements PlaceholderSource {
  readonly #indexes = new Map<string, number>();
  readonly #whole: readonly number[];
  /** How many parameters there are. */
  readonly count: number;
  readonly #isOpen: boolean;

  constructor(declared: DeclaredParameters, route: readonly RouteParameter[]) {
    declared.names.forEach((name, index) => name !== null && this.#indexes.set(name, index));
    for (const { type, index, member } of [...route].sort(byPrecedence)) {
      if (type !== undefined && member !== undefined) this.#indexes.set(member, index);
    }
    this.#whole = WHOLE.flatMap((type) =>
      route.filter((one) => one.type === type && one.member === undefined),
    ).map(({ index }) => index);
    this.count = Math.max(declared.names.length, ...route.map(({ index }) => index + 1));
    this.#isOpen = declared.isOpen;
  }

  /**
   * The getter of `id`, `user.id`, `0` or `0.id`: a name of `@Param('id')` and its like, a declared parameter, a
   * position, a member of a whole `@Param()`, `@Query()` or `@Body()`. Members come last, because whoever sends the
   * request chooses them. `undefined`: there is no such parameter.
   */
  getter(placeholder: string): PlaceholderGetter | undefined {
    const [head = '', ...path] = placeholder.split('.');
    const index = this.#indexes.get(head) ?? this.#position(head);
    if (index !== undefined) return (args) => memberAt(args[index], path);
    if (this.#whole.length === 0 || /^\d+$/.test(head)) return undefined;
    return (args) => {
      const owner = this.#whole.find((at) => hasMember(args[at], head));
      return owner === undefined ? undefined : memberAt(args[owner], [head, ...path]);
    };
  }

  /** What placeholders can be named, for messages. */
  get known(): readonly string[] {
    const positions = Array.from({ length: this.count }, (_, index) => String(index));
    return [...this.#indexes.keys(), ...positions];
  }

  #position(head: string): number | undefined {
    if (!/^\d{1,3}$/.test(head)) return undefined;
    return this.#isOpen || Number(head) < this.count ? Number(head) : undefined;
  }
}

/** Least important first, so that what comes later replaces it: `@Param` over `@Query` over `@Body` over others. */
function byPrecedence(a: RouteParameter, b: RouteParameter): number {
  const rank = ({ type }: RouteParameter): number => {
    const at = WHOLE.findIndex((one) => one === type);
    return at < 0 ? WHOLE.length : at;
  };
  return rank(b) - rank(a);
}

function hasMember(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name);
}

/** A member of a member: own ones and those that the class of the argument declares; never what every object inherits. */
export function memberAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((owner, name) => {
    if (typeof owner !== 'object' || owner === null || name in Object.prototype) return undefined;
    return (owner as Readonly<Record<string, unknown>>)[name];
  }, value);
}
