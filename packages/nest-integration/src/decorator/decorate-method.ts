import { types } from 'node:util';

import { CacheError } from '@vitalcache/core';

import type { BoundCache } from './cache-injection.js';
import { declareMethod } from './declared-methods.js';
import type { DecoratedMethod, DecoratedPlace } from './decorated-method.js';
import { standInFor, type Method } from './written-method.js';

/** Does something around the calls of a method. */
export interface MethodRunner {
  run(instance: object, args: unknown[], cache: BoundCache): unknown;
}

/** A method that a decorator stands on, and what is to be done around its calls; without that, it is only noted. */
export interface Decoration {
  readonly method: DecoratedMethod;
  readonly runner?: MethodRunner;
}

/**
 * A decorator of methods of instances. On an object that has no cache, because Nest did not build it, the method is
 * called as it was written.
 * @throws CacheError `OPTION_INVALID` when it stands on anything else, and whatever `decorate` throws
 */
export function methodDecorator(
  decorator: string,
  decorate: (place: DecoratedPlace) => Decoration,
): MethodDecorator {
  return (target, name, descriptor) => {
    const original = (descriptor as TypedPropertyDescriptor<unknown> | undefined)?.value;
    if (typeof target !== 'object' || typeof original !== 'function') {
      throw new CacheError(
        'OPTION_INVALID',
        `${decorator} belongs on a method of an instance, with experimentalDecorators; ${nameOf(target)} ${String(name ?? '')} is none.`,
      );
    }
    const place = { decorator, prototype: target, name, original: original as Method };
    const { method, runner } = decorate(place);
    if (runner && types.isGeneratorFunction(original)) {
      throw new CacheError(
        'OPTION_INVALID',
        `${decorator} on ${method.label}: it is a generator, which has done nothing yet when it returns; accepted: a method that returns its values, a promise or an Observable of them.`,
      );
    }
    declareMethod(method);
    method.slot.declareOn(target);
    if (runner) descriptor.value = wrap(method, runner) as typeof descriptor.value;
  };
}

function wrap({ original, slot }: DecoratedMethod, runner: MethodRunner): Method {
  function wrapped(this: object | undefined, ...args: unknown[]): unknown {
    const service = slot.serviceOf(this);
    if (!this || !service) return original.apply(this, args);
    return runner.run(this, args, { service, context: slot.contextOf(this) });
  }
  return standInFor(original, wrapped as Method);
}

function nameOf(target: unknown): string {
  if (typeof target === 'function') return target.name;
  return typeof target === 'object' && target !== null ? target.constructor.name : typeof target;
}
