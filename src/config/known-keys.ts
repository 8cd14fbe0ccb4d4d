import * as z from 'zod';

/**
 * The keys that a schema allows in the mapping at a path; none where it allows any or there is no mapping. It walks the
 * schema itself, so that a suggestion never names a key that does not exist.
 *
 * @param values what stands there: it tells which of several shapes a mapping has
 */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[], values: unknown): readonly string[] {
  let current: unknown = schema;
  let value = values;
  for (const part of path) {
    current = childOf(chooseShape(unwrap(current), value), part);
    value = childValue(value, part);
  }
  const mapping = chooseShape(unwrap(current), value);
  return mapping instanceof z.ZodObject
    ? Object.keys(mapping.shape).filter((key) => !(unwrap(mapping.shape[key]) instanceof z.ZodNever))
    : [];
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

/** Of the shapes that one key tells apart, that of the value. */
function chooseShape(schema: unknown, value: unknown): unknown {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) {
    return schema;
  }
  return schema.options.find((option) => {
    const key = childOf(unwrap(option), schema.def.discriminator);
    const told = childValue(value, schema.def.discriminator);
    return key instanceof z.ZodLiteral && key.values.has(told as z.core.util.Literal);
  });
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

function childValue(value: unknown, part: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined;
}
