import type { Json } from './asl.ts';
import { StatesError } from './states-error.ts';

/** Members of the Redshift Data API that are not PascalCase natively: those of `SqlParameter`. */
const LOWER_CAMEL_LISTS = ['Parameters'];

/**
 * A service's answer as a state machine sees it: every member in PascalCase, also where the service itself writes
 * camelCase (`longValue` becomes `LongValue`), and timestamps as ISO 8601. An integer beyond 2^53 loses its last digits:
 * the engine's data is JavaScript's.
 */
export function toPascalCase(value: unknown): Json {
  if (Array.isArray(value)) {
    return value.map(toPascalCase);
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (typeof value === 'bigint') {
    return Number(value);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [key.charAt(0).toUpperCase() + key.slice(1), toPascalCase(member)]),
    );
  }
  return value as Json;
}

/**
 * Parameters of a state as the service wants them: `[{Name, Value}]` becomes `[{name, value}]`.
 *
 * @throws StatesError `States.Runtime` for a member that does not begin with a capital: AWS refuses such a definition
 */
export function toNativeCase(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => {
      requireCapital(key);
      return [key, LOWER_CAMEL_LISTS.includes(key) && Array.isArray(value) ? value.map(lowerMembers) : value];
    }),
  );
}

function lowerMembers(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) {
    return item;
  }
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) => {
      requireCapital(key);
      return [key.charAt(0).toLowerCase() + key.slice(1), value];
    }),
  );
}

function requireCapital(key: string): void {
  if (!/^[A-Z]/.test(key)) {
    throw new StatesError('States.Runtime', `The field "${key}" is not supported by Step Functions`, false);
  }
}
