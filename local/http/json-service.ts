import { AwsError } from './aws-error.ts';
import type { AwsRequest, AwsService } from './aws-service.ts';
import { JsonUnreadable } from './parse-json.ts';
import { parseJsonObject } from './parse-json-object.ts';
import { sendJson } from './send-json.ts';

/** An operation of an AWS JSON service: the parsed input in, the output out; throws {@link AwsError}. */
export type JsonOperation = (input: Readonly<Record<string, unknown>>) => unknown;

/** What tells one AWS JSON service from another. */
export interface JsonServiceOptions {
  /** Signing name. */
  readonly name: string;
  /** What stands before the dot in `X-Amz-Target`. */
  readonly targetPrefix: string;
  readonly operations: Readonly<Record<string, JsonOperation>>;
}

/**
 * A service that speaks AWS JSON 1.0 or 1.1: `POST /` with `X-Amz-Target: <prefix>.<Operation>`.
 * It answers in the content type that it was asked in.
 */
export function jsonService(options: JsonServiceOptions): AwsService {
  const operations = new Map(Object.entries(options.operations));
  return {
    name: options.name,
    operations: [...operations.keys()],
    operationOf: (request) => targetOperation(request, options.targetPrefix),
    async handle(request, operation, response) {
      const run = operations.get(operation);
      if (run === undefined) {
        throw new AwsError(
          'UnknownOperationException',
          `The embedded cloud has no ${options.name} operation '${operation}'. It offers: ${[...operations.keys()].join(', ')}.`,
        );
      }
      const output = (await run(parseInput(request.body))) ?? {};
      sendJson(response, 200, output, request.headers['content-type']);
    },
  };
}

/** The operation behind `X-Amz-Target: <prefix>.<Operation>`, or null when the prefix is another's. */
export function targetOperation(request: AwsRequest, prefix: string): string | null {
  const target = request.headers['x-amz-target'];
  return typeof target === 'string' && target.startsWith(`${prefix}.`) ? target.slice(prefix.length + 1) : null;
}

function parseInput(body: Buffer): Record<string, unknown> {
  try {
    return body.length === 0 ? {} : parseJsonObject(body);
  } catch (cause) {
    if (!(cause instanceof JsonUnreadable)) {
      throw cause;
    }
    throw new AwsError('SerializationException', cause.message, 400, { cause });
  }
}
