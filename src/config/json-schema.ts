import { z } from 'zod';
import { configurationSchema } from './schema.ts';

/**
 * What of a JSON schema the configuration makes use of (JSON Schema draft 7, which editors understand best).
 */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: object;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/**
 * The configuration file as a JSON schema: what an editor needs to complete keys and to underline mistakes.
 */
export function configurationJsonSchema(): JsonSchema {
  return z.toJSONSchema(configurationSchema, {
    io: 'input',
    target: 'draft-7',
    override({
      zodSchema,
      zodSchema: {
        _zod: { def },
      },
      jsonSchema,
    }) {
      // Both left out by zod for the input of a value that is preprocessed.
      if (def.type === 'default') jsonSchema.default = def.defaultValue;
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
      // Text with its unit, too.
      if (jsonSchema.title === 'duration' || jsonSchema.title === 'percentage')
        jsonSchema.type = ['number', 'string'] as never;
      if (jsonSchema.multipleOf === 1) {
        jsonSchema.type = 'integer';
        delete jsonSchema.multipleOf;
      }
    },
  }) as JsonSchema;
}
