import type { FactoryProvider, InjectionToken, Provider, Type } from '@nestjs/common';
import { SELF_DECLARED_DEPS_METADATA } from '@nestjs/common/constants.js';

type Names = ReadonlyMap<InjectionToken, InjectionToken>;
type Dependency = NonNullable<FactoryProvider['inject']>[number];

/**
 * The same providers under other tokens, also where they ask for each other: `app.get(CacheService)` would find whichever
 * of several was registered last. Classes must name what they need with `@Inject()`.
 */
export function renamedProviders(providers: readonly Provider[], names: Names): Provider[] {
  const named = (token: InjectionToken): InjectionToken => names.get(token) ?? token;
  const need = (dependency: Dependency): Dependency =>
    typeof dependency === 'object' && 'optional' in dependency
      ? { ...dependency, token: named(dependency.token) }
      : named(dependency);
  const built = (provide: InjectionToken, type: Type<object>): Provider => ({
    provide: named(provide),
    useFactory: (...needed: unknown[]) => new type(...needed),
    inject: neededBy(type).map(need),
  });
  return providers.map((provider): Provider => {
    if (typeof provider === 'function') return built(provider, provider as Type<object>);
    if ('useClass' in provider) return built(provider.provide, provider.useClass as Type<object>);
    if ('useFactory' in provider) {
      const inject = (provider.inject ?? []).map(need);
      return { ...provider, provide: named(provider.provide), inject };
    }
    return { ...provider, provide: named(provider.provide) };
  });
}

function neededBy(type: Type<object>): readonly InjectionToken[] {
  const declared = (Reflect.getMetadata(SELF_DECLARED_DEPS_METADATA, type) ?? []) as readonly {
    readonly index: number;
    readonly param: InjectionToken;
  }[];
  return declared.toSorted((a, b) => a.index - b.index).map(({ param }) => param);
}
