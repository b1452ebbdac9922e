import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';

import { z } from 'zod';

/** A schema as the description of a body holds it. */
type SchemaObject = Exclude<
  Extract<Parameters<typeof ApiBody>[0], { schema: unknown }>['schema'],
  { $ref: string }
>;

/** The schemas that check a request, each a plain object. */
export interface RequestSchemas {
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
}

/** Describes in OpenAPI what the route's pipes accept, out of the very schemas that check it. */
export function ApiInput({ params, query, body }: RequestSchemas): MethodDecorator {
  return applyDecorators(
    ...fieldsOf(params).map(({ name, schema }) => ApiParam({ name, schema })),
    ...fieldsOf(query).map(({ name, schema, required }) => ApiQuery({ name, schema, required })),
    ...(body ? [ApiBody({ schema: jsonSchema(body) })] : []),
    ApiResponse({ status: 400, description: 'A field is malformed; the body names it' }),
  );
}

interface Field {
  readonly name: string;
  readonly schema: SchemaObject;
  readonly required: boolean;
}

function fieldsOf(schema: z.ZodType | undefined): Field[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    schema: property as SchemaObject,
    required: required.includes(name),
  }));
}

function jsonSchema(schema: z.ZodType): SchemaObject {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-2020-12', // that of OpenAPI 3.1
    unrepresentable: 'any',
  });
  return described as SchemaObject;
}
