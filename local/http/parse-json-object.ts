import { JsonUnreadable, parseJson } from './parse-json.ts';

/** Keeps a byte order mark, so that the parser refuses it. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the body of an AWS JSON request.
 *
 * @throws JsonUnreadable unless it is a JSON object in UTF-8
 */
export function parseJsonObject(body: Buffer): Record<string, unknown> {
  const value = parseJson(decode(body), 'the request body');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new JsonUnreadable('Expected the request body to be a JSON object, got another value.');
  }
  return value as Record<string, unknown>;
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new JsonUnreadable('Expected the request body to be UTF-8, got other bytes.', { cause });
  }
}
