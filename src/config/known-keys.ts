import * as z from 'zod';

/**
 * The keys that a schema allows in the mapping at a path; none where it allows any or there is no mapping. It walks the
 * schema itself, so that a suggestion never names a key that does not exist.
 */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let current: unknown = schema;
  for (const part of path) {
    current = childOf(unwrap(current), part);
  }
  const mapping = unwrap(current);
  return mapping instanceof z.ZodObject ? Object.keys(mapping.shape) : [];
}

/** Takes off defaults, optionality and transforms. */
function unwrap(schema: unknown): unknown {
  let current = schema;
  for (;;) {
    if (current instanceof z.ZodPipe) {
      // A transform comes after the shape, a preprocessing before it.
      current = current.in instanceof z.ZodTransform ? current.out : current.in;
    } else if (
      current instanceof z.ZodOptional ||
      current instanceof z.ZodExactOptional ||
      current instanceof z.ZodNullable ||
      current instanceof z.ZodDefault ||
      current instanceof z.ZodPrefault
    ) {
      current = current.unwrap();
    } else {
      return current;
    }
  }
}

function childOf(schema: unknown, part: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) {
    return schema.shape[String(part)];
  }
  if (schema instanceof z.ZodRecord) {
    return schema.valueType;
  }
  return schema instanceof z.ZodArray ? schema.element : undefined;
}
