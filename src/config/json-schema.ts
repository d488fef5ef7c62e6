import * as z from 'zod';
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
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: object;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** What stands behind a key of any name; false: there is none. */
  readonly additionalProperties?: JsonSchema | false;
}

/** The configuration as a JSON schema, from which the reference, the manual page, the example and editorSchema() are made. */
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
      if (jsonSchema.multipleOf === 1) {
        jsonSchema.type = 'integer';
        delete jsonSchema.multipleOf;
      }
    },
  }) as JsonSchema;
}
