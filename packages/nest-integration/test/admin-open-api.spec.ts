import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { RequestMethod } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';

import { DEFAULT_CONTROLLERS } from '../src/admin/admin-place.js';
import { openApiOf } from '../src/index.js';

/** The routes that Nest makes of the controllers. */
function routes(): string[] {
  const { health, guarded } = DEFAULT_CONTROLLERS;
  return [health, ...guarded].flatMap(({ prototype }) =>
    new MetadataScanner().getAllMethodNames(prototype as object).flatMap((name) => {
      const handler = (prototype as Record<string, object>)[name] as object;
      const path = Reflect.getMetadata(PATH_METADATA, handler) as string | undefined;
      if (path === undefined) return [];
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number];
      return [`${method} ${path === '/' ? '/cache' : `/cache/${path}`}`];
    }),
  );
}

describe('openApiOf', () => {
  const described = (document = openApiOf()): string[] =>
    Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );

  it('describes the routes that there are, and no others', () => {
    expect(described().sort()).toEqual(routes().sort());
    expect(routes().length).toBeGreaterThan(12);
  });

  it('adds what plugins bring, where the endpoints stand', () => {
    const document = openApiOf([{ method: 'POST', path: 'purge' }], '/api/v1/cache');
    expect(described(document)).toContain('POST /api/v1/cache/purge');
    expect(described(document).every((one) => one.includes(' /api/v1/cache'))).toBe(true);
  });

  it('gives each operation an id of its own, and resolves every reference', () => {
    const document = openApiOf();
    const operations = Object.values(document.paths).flatMap((one) => Object.values(one));
    const ids = operations.map((one) => (one as { operationId: string }).operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const { schemas } = document.components as { schemas: object };
    const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g);
    for (const [, name] of references) expect(schemas).toHaveProperty(name as string);
  });
});
