import { Inject, Injectable } from '@nestjs/common';
import {
  ApplicationConfig,
  DiscoveryService,
  LazyModuleLoader,
  ModuleRef,
  ModulesContainer,
} from '@nestjs/core';
import { CacheService } from '@vitalcache/core';

import { declaredMethodsOf } from '../decorator/declared-methods.js';
import { isStandIn, writtenMethod, type Method } from '../decorator/written-method.js';

export type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Whoever has one of these can ask Nest for anything. */
const DOORS: readonly unknown[] = [ModuleRef, ModulesContainer, LazyModuleLoader];
/** What a method asks its instance for. */
const MEMBER = /\bthis\s*\.\s*([\w$]+)/g;
/** What is left of a method that may ask for anything. */
const ANYTHING = /\b(?:this|super|eval)\b|\[native code\]/;

/**
 * Knows which handlers of controllers may read from a cache: by what Nest injected into what they ask their controller
 * for, and into that in turn. What can't be told counts as one that may.
 */
@Injectable()
export class CacheReach {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(ApplicationConfig) private readonly application: ApplicationConfig,
  ) {}

  /** @param controllers those that have the handler; all of the application must have been built */
  includes(handler: Method, controllers: readonly Wrapper[]): boolean {
    if (isStandIn(handler)) return true;
    const asked = controllers.map((controller) => askedOf(controller, handler));
    return reachCache([...asked.flat(), ...this.#aroundAll()]);
  }

  /** Guards, interceptors, pipes and filters of all controllers; of those that the application made, what they hold. */
  #aroundAll(): readonly Wrapper[] {
    const { application } = this;
    const made: unknown[] = [
      application.getGlobalGuards(),
      application.getGlobalInterceptors(),
      application.getGlobalPipes(),
      application.getGlobalFilters(),
    ].flat();
    const objects = made.filter(isObject);
    const held = new Set([
      ...objects,
      ...objects.flatMap((one) => Object.values(one) as unknown[]),
    ]);
    return this.discovery
      .getProviders()
      .filter(({ instance }) => isObject(instance) && held.has(instance));
  }
}

/** What was injected into the members that a handler names, and into its guards and the like. */
function askedOf(controller: Wrapper, handler: Method): readonly Wrapper[] {
  if (!controller.isDependencyTreeStatic()) return [controller];
  const { names, isOpen } = membersOf(handler);
  const injected = injectedInto(controller);
  if (isOpen) return injected;
  const instance = controller.instance as object;
  const asked: Wrapper[] = [];
  for (const name of names) {
    const value: unknown = Object.getOwnPropertyDescriptor(instance, name)?.value;
    const wrapper = injected.find((one) => isObject(value) && one.instance === value);
    if (wrapper) asked.push(wrapper);
    else if (value === undefined || isObject(value)) return injected;
  }
  return [...asked, ...(controller.getEnhancersMetadata() ?? [])];
}

/** What a method asks `this` for; open: that can't be read from its source. */
function membersOf(method: Method): {
  readonly names: readonly string[];
  readonly isOpen: boolean;
} {
  const names = new Set<string>();
  const rest = Function.prototype.toString
    .call(writtenMethod(method))
    .replace(MEMBER, (_all, name: string) => (names.add(name), ''));
  return { names: [...names], isOpen: ANYTHING.test(rest) };
}

function reachCache(wrappers: readonly Wrapper[]): boolean {
  const all = new Set(wrappers);
  for (const wrapper of all) {
    if (mayReachAnything(wrapper) || isCached(wrapper)) return true;
    for (const one of injectedInto(wrapper)) all.add(one);
  }
  return false;
}

function injectedInto(wrapper: Wrapper): readonly Wrapper[] {
  const properties = wrapper.getPropertiesMetadata() ?? [];
  const all = [
    ...(wrapper.getCtorMetadata() ?? []), // with holes where something optional is missing
    ...properties.map((property) => property.wrapper),
    ...(wrapper.getEnhancersMetadata() ?? []),
  ];
  return all.filter((one: Wrapper | undefined) => one !== undefined);
}

/** What is built for each request is not looked into, nor is what the application made itself: event emitters have listeners. */
function mayReachAnything(wrapper: Wrapper): boolean {
  const { token, metatype } = wrapper;
  const instance: unknown = wrapper.instance;
  if (DOORS.includes(token) || !wrapper.isDependencyTreeStatic()) return true;
  if (metatype || !isObject(instance)) return false;
  const prototype = Object.getPrototypeOf(instance) as object | null;
  return ![Object.prototype, Array.prototype, null].includes(prototype);
}

function isCached(wrapper: Wrapper): boolean {
  const instance: unknown = wrapper.instance;
  if (!isObject(instance)) return false;
  const prototype = Object.getPrototypeOf(instance) as object | null;
  // Also what factories build, into which Nest injects nothing.
  return (
    instance instanceof CacheService || (!!prototype && declaredMethodsOf({ prototype }).length > 0)
  );
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
