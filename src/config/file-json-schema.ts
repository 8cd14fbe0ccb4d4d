import * as z from 'zod';
import { fileSchema } from './file-schema.ts';

/**
 * The JSON Schema (draft 2020-12) of `slotkeeper.yml` for editors: keys, types, spellings, defaults. What the keys must
 * be to each other, and the bounds of durations, only `slotkeeper validate` tells.
 */
export function fileJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(fileSchema, { io: 'input', override: allowSingleValue });
  return { ...schema, title: 'slotkeeper.yml' };
}

/** Where a list may stand, a single value may, too; the library sees only the list that it becomes. */
function allowSingleValue({ zodSchema, jsonSchema }: Parameters<Override>[0]): void {
  if (zodSchema instanceof z.ZodPipe && zodSchema.in instanceof z.ZodTransform && zodSchema.out instanceof z.ZodArray) {
    const { type, items, minItems, ...rest } = jsonSchema;
    for (const key of ['type', 'items', 'minItems'] as const) {
      delete jsonSchema[key];
    }
    Object.assign(jsonSchema, rest, { anyOf: [items, { type, items, minItems }] });
  }
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>;
