import { UseFilters } from '@nestjs/common';

import { ProblemFilter } from './problem.filter.js';

const MARK = 'vitalcache:answers-problems';
/** Where the Fastify adapter takes the `config` of a route from, as its `@RouteConfig()` writes it. */
const FASTIFY_CONFIG = '__fastify_route_config__';

type Method = (...args: never[]) => unknown;

/**
 * What goes wrong in the routes of a controller is answered by the {@link ProblemFilter}; the routes are marked, so that
 * what goes wrong on the way to them is, too.
 */
export function AnswersProblems(): ClassDecorator {
  return (type) => {
    const members = Object.getOwnPropertyDescriptors(type.prototype as object);
    for (const { value } of Object.values<PropertyDescriptor>(members)) {
      if (typeof value !== 'function' || value === type) continue;
      Reflect.defineMetadata(MARK, true, value as Method); // Nest copies it to the handler of the route
      Reflect.defineMetadata(FASTIFY_CONFIG, { [MARK]: true }, value as Method);
    }
    UseFilters(ProblemFilter)(type);
  };
}

/** Whether a handler of Express, or the `config` of a Fastify route, is of such a controller. */
export function answersProblems(handlerOrConfig: object): boolean {
  return MARK in handlerOrConfig || Reflect.hasMetadata(MARK, handlerOrConfig);
}
