import * as z from 'zod';

/** The two subscription attributes that decide which messages of a topic a subscription gets. */
export interface SubscriptionFilter {
  /** JSON; undefined: none. */
  readonly policy: string | undefined;
  readonly scope: string | undefined;
}

type Attributes = Readonly<Record<string, string>>;

const conditions = z.array(z.unknown());
const alternatives = z.array(z.record(z.string(), z.unknown())).min(1);
const operator = z.record(z.string(), z.unknown()).refine((value) => Object.keys(value).length === 1);
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'no JSON' });
    return z.NEVER;
  }
});

/**
 * Whether a subscription's filter policy lets a message with these attributes through (SNS developer guide, "Amazon SNS
 * message filtering", string value matching). All attributes are of the type String.
 *
 * It answers true only where that is certain: an operator that is not known here refuses, and so does a filter on the
 * message's body, which is no JSON (the guide: such a message is not delivered).
 */
export function takesMessage({ policy, scope }: SubscriptionFilter, attributes: Attributes): boolean {
  if (policy === undefined || policy.trim() === '') {
    return true;
  }
  const read = json.pipe(z.record(z.string(), z.unknown())).safeParse(policy);
  if (!read.success || Object.keys(read.data).length === 0) {
    return read.success;
  }
  return (scope ?? 'MessageAttributes') === 'MessageAttributes' && fitsAll(read.data, attributes);
}

function fitsAll(policy: Readonly<Record<string, unknown>>, attributes: Attributes): boolean {
  return Object.entries(policy).every(([name, wanted]) => {
    if (name === '$or') {
      const groups = alternatives.safeParse(wanted);
      return groups.success && groups.data.some((group) => fitsAll(group, attributes));
    }
    const list = conditions.safeParse(wanted);
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    return list.success && list.data.some((condition) => fits(condition, value));
  });
}

function fits(condition: unknown, value: string | undefined): boolean {
  if (typeof condition === 'string') {
    return value === condition;
  }
  const read = operator.safeParse(condition);
  const [name, operand] = read.success ? (Object.entries(read.data)[0] ?? []) : [];
  if (name === 'exists') {
    return operand === (value !== undefined);
  }
  if (value === undefined || name === undefined) {
    return false;
  }
  return name === 'anything-but' ? isOther(operand, value) : isLike(name, operand, value) === true;
}

/** Null: an operator that is not known. */
function isLike(name: string, operand: unknown, value: string): boolean | null {
  if (typeof operand !== 'string') {
    return null;
  }
  switch (name) {
    case 'prefix':
      return value.startsWith(operand);
    case 'suffix':
      return value.endsWith(operand);
    case 'equals-ignore-case':
      return value.toLowerCase() === operand.toLowerCase();
    case 'wildcard':
      return fitsWildcard(operand, value);
    default:
      return null;
  }
}

/** `anything-but` takes a value, a list of values, or one of the operators on strings. */
function isOther(operand: unknown, value: string): boolean {
  const unwanted = Array.isArray(operand) ? operand : [operand];
  return unwanted.every((each) => {
    if (typeof each === 'string' || typeof each === 'number') {
      return each !== value;
    }
    const read = operator.safeParse(each);
    const [name, inner] = read.success ? (Object.entries(read.data)[0] ?? []) : [];
    return name !== undefined && isLike(name, inner, value) === false;
  });
}

/** `*` is any text; upper and lower case differ. The pieces between the stars must follow each other in the value. */
function fitsWildcard(pattern: string, value: string): boolean {
  const pieces = pattern.split('*');
  const first = pieces.shift() ?? '';
  const last = pieces.pop();
  if (last === undefined) {
    return value === first;
  }
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) {
    return false;
  }
  let from = first.length;
  for (const piece of pieces) {
    const found = value.indexOf(piece, from);
    if (found < 0) {
      return false;
    }
    from = found + piece.length;
  }
  return from <= value.length - last.length;
}
