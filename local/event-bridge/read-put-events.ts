import { asObject } from '../http/as-object.ts';
import { AwsError } from '../http/aws-error.ts';
import { parseJson } from '../http/parse-json.ts';
import { type BusEvent, busEvent } from './bus-event.ts';

/** One entry of PutEvents: accepted as an event, or refused with the error that the service reports for it. */
export type ReadEntry = { readonly event: BusEvent } | { readonly ErrorCode: string; readonly ErrorMessage: string };

/** API reference, "PutEvents": at most 10 entries, 256 KB together. */
const MOST_ENTRIES = 10;
const MOST_BYTES = 256 * 1024;

/**
 * Checks the entries of a PutEvents request. A faulty entry is refused by itself and does not stop the others.
 *
 * @throws AwsError `ValidationException` when the request as a whole is faulty
 */
export function readPutEvents(input: Readonly<Record<string, unknown>>, now: Date): ReadEntry[] {
  const entries = input['Entries'];
  if (!Array.isArray(entries) || entries.length < 1 || entries.length > MOST_ENTRIES) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MOST_ENTRIES}`,
    );
  }
  if (Buffer.byteLength(JSON.stringify(entries)) > MOST_BYTES) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  return entries.map((entry) => readEntry(asObject(entry, 'Entries'), now));
}

function readEntry(entry: Readonly<Record<string, unknown>>, now: Date): ReadEntry {
  for (const required of ['Source', 'DetailType', 'Detail']) {
    if (typeof entry[required] !== 'string' || entry[required] === '') {
      const reason = `${required} is a required argument.`;
      return refused('InvalidArgument', `Parameter ${required} is not valid. Reason: ${reason}`);
    }
  }
  if (String(entry['Source']).startsWith('aws.')) {
    return refused('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  const bus = entry['EventBusName'] ?? 'default';
  if (bus !== 'default' && !(typeof bus === 'string' && bus.endsWith(':event-bus/default'))) {
    return refused(
      'ResourceNotFound',
      `The embedded cloud has the event bus 'default' only, got ${JSON.stringify(bus)}.`,
    );
  }
  const detail = readDetail(String(entry['Detail']));
  if (detail === null) {
    return refused('MalformedDetail', 'Detail is malformed.');
  }
  const time = typeof entry['Time'] === 'number' ? new Date(entry['Time'] * 1000) : now;
  if (Number.isNaN(time.getTime())) {
    return refused('InvalidArgument', 'Parameter Time is not valid. Reason: Expected seconds since 1970.');
  }
  const resources = Array.isArray(entry['Resources']) ? entry['Resources'] : [];
  const event = busEvent({
    source: String(entry['Source']),
    detailType: String(entry['DetailType']),
    detail,
    time,
    resources: resources.filter((resource) => typeof resource === 'string'),
  });
  return { event };
}

function refused(ErrorCode: string, ErrorMessage: string): ReadEntry {
  return { ErrorCode, ErrorMessage };
}

/** Null when the text is no JSON object; what is wrong with it is the caller's to find. */
function readDetail(text: string): Record<string, unknown> | null {
  try {
    const detail = parseJson(text, 'Detail');
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail)
      ? (detail as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
