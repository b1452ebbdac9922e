import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { AdminAction } from '@vitalcache/core';
import { openApiOf } from '@vitalcache/nest-integration';

/** Injection token of what the plugins of the cache bring for operators. */
export const ADMIN_ACTIONS = Symbol('demo-clinic.admin-actions');

type Components = NonNullable<OpenAPIObject['components']>;
type Schemas = NonNullable<Components['schemas']>;
type SecuritySchemes = NonNullable<Components['securitySchemes']>;

const ADMIN = '/cache';

/** The API of the clinic, and the endpoints for operators of its cache as the cache itself describes them. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Demo clinic')
    .setDescription('A clinic behind Vitalcache. Everybody in it is fictitious.')
    .setOpenAPIVersion('3.1.0')
    .build();
  const { paths, components, ...clinic } = SwaggerModule.createDocument(app, config);
  const admin = openApiOf(app.get<readonly AdminAction[]>(ADMIN_ACTIONS), ADMIN);
  const own = Object.entries(paths).filter(([path]) => !isOf(ADMIN, path));
  return {
    ...clinic,
    paths: { ...Object.fromEntries(own), ...(admin.paths as OpenAPIObject['paths']) },
    components: {
      ...components,
      schemas: { ...components?.schemas, ...(admin.components.schemas as Schemas) },
      securitySchemes: admin.components.securitySchemes as SecuritySchemes,
    },
  };
}

function isOf(parent: string, path: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}
