import { AwsError } from './aws-error.ts';

/**
 * An element of a list in a request, which must be an object.
 *
 * @param list the list's name, for the message
 * @throws AwsError `SerializationException`
 */
export function asObject(element: unknown, list: string): Readonly<Record<string, unknown>> {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    throw new AwsError('SerializationException', `Expected each of '${list}' to be an object, got another value.`);
  }
  return element as Readonly<Record<string, unknown>>;
}
