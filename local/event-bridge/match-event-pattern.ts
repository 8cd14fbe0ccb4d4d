/** A pattern's leaf: a value, or an object with one comparison. */
type Matcher = string | number | boolean | null | Readonly<Record<string, unknown>>;

/** An event pattern: nested objects that end in lists of matchers. */
export type EventPattern = { readonly [field: string]: readonly Matcher[] | EventPattern };

/** Comparisons that are carried out here, of those in the EventBridge guide, "Comparison operators". */
const COMPARISONS = ['prefix', 'suffix', 'anything-but', 'exists', 'equals-ignore-case', 'numeric'];

/**
 * Whether an event matches a pattern: every field of the pattern must match, any matcher of a list will do, and where
 * the event has a list, any of its values will do.
 *
 * @param pattern checked before by {@link patternFault}
 */
export function matchesEventPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const value = isObject(event) ? event[field] : undefined;
    return isMatcherList(wanted)
      ? wanted.some((matcher) => matchesAny(matcher, value))
      : isObject(value) && matchesEventPattern(wanted, value);
  });
}

/**
 * What is wrong with a pattern, or null. An unknown comparison is a fault: passing over it would match too much.
 *
 * @param pattern as parsed from JSON
 */
export function patternFault(pattern: unknown, path = ''): string | null {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    return `Expected an object with at least one field${path === '' ? '' : ` at ${path}`}.`;
  }
  for (const [field, wanted] of Object.entries(pattern)) {
    const here = `${path}${field}`;
    const fault = Array.isArray(wanted) ? listFault(wanted, here) : patternFault(wanted, `${here}.`);
    if (fault !== null) {
      return fault;
    }
  }
  return null;
}

function listFault(matchers: readonly unknown[], path: string): string | null {
  if (matchers.length === 0) {
    return `Expected at least one value at ${path}.`;
  }
  for (const matcher of matchers.filter(isObject)) {
    const [comparison, ...more] = Object.keys(matcher);
    if (comparison === undefined || more.length > 0 || !COMPARISONS.includes(comparison)) {
      return `Expected one comparison of ${COMPARISONS.join(', ')} at ${path}, got ${JSON.stringify(matcher)}.`;
    }
    const expected = wrongOperand(comparison, matcher[comparison]);
    if (expected !== null) {
      return `Expected ${expected} for ${comparison} at ${path}, got ${JSON.stringify(matcher[comparison])}.`;
    }
  }
  return null;
}

/** What a comparison should be with instead, or null. */
function wrongOperand(comparison: string, operand: unknown): string | null {
  switch (comparison) {
    case 'exists':
      return typeof operand === 'boolean' ? null : 'true or false';
    case 'numeric':
      return isNumericOperand(operand) ? null : 'signs and numbers in turn';
    case 'anything-but':
      return listFault([operand].flat(), comparison);
    default:
      return typeof operand === 'string' ? null : 'a text';
  }
}

function isNumericOperand(operand: unknown): boolean {
  return (
    Array.isArray(operand) &&
    operand.length >= 2 &&
    operand.length % 2 === 0 &&
    operand.every((part, index) => typeof part === (index % 2 === 0 ? 'string' : 'number'))
  );
}

function matchesAny(matcher: Matcher, value: unknown): boolean {
  const values = Array.isArray(value) && value.length > 0 ? value : [value];
  return values.some((one) => matchesOne(matcher, one));
}

function matchesOne(matcher: Matcher, value: unknown): boolean {
  if (!isObject(matcher)) {
    return matcher === value;
  }
  const [comparison, operand] = Object.entries(matcher)[0] ?? [];
  switch (comparison) {
    case 'exists':
      return (value !== undefined && !isObject(value)) === operand;
    case 'prefix':
      return typeof value === 'string' && value.startsWith(String(operand));
    case 'suffix':
      return typeof value === 'string' && value.endsWith(String(operand));
    case 'equals-ignore-case':
      return typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase();
    case 'anything-but':
      return value !== undefined && !(Array.isArray(operand) ? operand : [operand]).some((no) => matchesOne(no, value));
    case 'numeric':
      return typeof value === 'number' && matchesNumeric(operand as readonly unknown[], value);
    default:
      return false;
  }
}

/** Pairs of sign and number, all of which must hold: `[">", 0, "<=", 5]`. */
function matchesNumeric(operand: readonly unknown[], value: number): boolean {
  for (let index = 0; index < operand.length; index += 2) {
    if (!holds(String(operand[index]), value, Number(operand[index + 1]))) {
      return false;
    }
  }
  return true;
}

function holds(sign: string, value: number, bound: number): boolean {
  switch (sign) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '=':
      return value === bound;
    case '>=':
      return value >= bound;
    case '>':
      return value > bound;
    default:
      return false;
  }
}

function isMatcherList(wanted: readonly Matcher[] | EventPattern): wanted is readonly Matcher[] {
  return Array.isArray(wanted);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
