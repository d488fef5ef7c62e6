import * as z from 'zod';
import { ANSWERS } from './answers.ts';
import * as requests from './requests.ts';

/** A route, as it is described. */
interface Endpoint {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: keyof typeof ANSWERS;
  /** In the place of the answer, an object a line, where `query` asks for it. */
  readonly stream?: keyof typeof ANSWERS;
}

const ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'get',
    path: '/v1/status',
    summary: 'How the uplinks are, and why.',
    answer: 'Status',
  },
  {
    method: 'get',
    path: '/v1/events',
    summary: 'What has happened of late, the last 500.',
    query: requests.eventsQuery,
    answer: 'Events',
    stream: 'Event',
  },
  {
    method: 'get',
    path: '/v1/explain',
    summary: 'Where a new connection would go, and why.',
    query: requests.explainQuery,
    answer: 'Explanation',
  },
  {
    method: 'post',
    path: '/v1/reload',
    summary: 'Puts the configuration file in force; 409, with every fault, when the old one goes on.',
    answer: 'Reloaded',
  },
  {
    method: 'post',
    path: '/v1/uplinks/{uplink}/force',
    summary: 'Uses an uplink, or does not, whatever its tests say.',
    body: requests.forceBody,
    answer: 'Overridden',
  },
  {
    method: 'post',
    path: '/v1/uplinks/{uplink}/drain',
    summary: 'Gives an uplink no new connections; those that it has stay.',
    body: requests.drainBody,
    answer: 'Overridden',
  },
  {
    method: 'post',
    path: '/v1/uplinks/{uplink}/probe',
    summary: 'Asks all targets of an uplink, and decides nothing by it.',
    answer: 'Survey',
  },
];

/** What may be asked of the daemon, as an OpenAPI document (3.1). */
export function openApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of ENDPOINTS) (paths[endpoint.path] ??= {})[endpoint.method] = operation(endpoint);
  return {
    openapi: '3.1.0',
    info: {
      title: 'fault_tolerant_router',
      version,
      description: 'Over the control socket of a running daemon.',
    },
    servers: [{ url: 'http://localhost' }],
    paths,
    components: { schemas: answerSchemas() },
  };
}

function operation({ path, summary, query, body, answer, stream }: Endpoint): object {
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      description: 'its description or its interface',
      schema: { type: 'string' },
    })),
    ...Object.entries(query?.shape ?? {}).map(([name, value]) => ({
      name,
      in: 'query',
      required: !(value as z.ZodType).isOptional(),
      schema: requestSchema(value as z.ZodType),
    })),
  ];
  return {
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: !body.isOptional(), content: json(requestSchema(body)) } }),
    responses: {
      200: {
        description: 'It is so.',
        content: {
          ...json(reference(answer)),
          ...(stream && { 'application/x-ndjson': { schema: reference(stream) } }),
        },
      },
      default: { description: 'What is wrong.', content: json(reference('Error')) },
    },
  };
}

const json = (schema: object) => ({ 'application/json': { schema } });
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

function requestSchema(kind: z.ZodType): object {
  const { $schema: _, ...schema } = z.toJSONSchema(kind, { io: 'input', override: plain });
  return schema;
}

function answerSchemas(): object {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(ANSWERS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => reference(id).$ref,
    override({ jsonSchema }) {
      delete jsonSchema.additionalProperties;
      plain({ jsonSchema });
    },
  });
  for (const schema of Object.values(schemas)) {
    delete schema.$schema;
    delete schema.$id;
  }
  return schemas;
}

/** As people would write it. */
function plain({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  // Text with its unit, too.
  if (jsonSchema.title === 'duration') jsonSchema.type = ['number', 'string'] as never;
  if (jsonSchema.multipleOf === 1) {
    jsonSchema.type = 'integer';
    delete jsonSchema.multipleOf;
  }
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
