import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AnswerLostError } from '../http/answer-lost-error.ts';
import { JsonUnreadable } from '../http/parse-json.ts';
import { parseJsonObject } from '../http/parse-json-object.ts';
import type { DataApi } from './data-api.ts';
import { DataApiError } from './data-api-error.ts';
import { encodeWireJson } from './encode-wire-json.ts';

/** Serves one HTTP request whose body is already read. */
export type DataApiRequestHandler = (req: IncomingMessage, res: ServerResponse, body: Buffer) => Promise<void>;

/** Largest body that is read, in bytes. A guess: it leaves room for 200 KB of SQL and its parameters. */
const MAX_BODY_BYTES = 1024 * 1024;

/** The identity of a request without a signature. */
const UNSIGNED_CALLER = 'local';

/**
 * The Data API over HTTP: AWS JSON 1.1, `POST /` with `X-Amz-Target: RedshiftData.<Operation>`. No signature is checked;
 * the access key in the Authorization header, where there is one, says who calls.
 */
export function dataApiRequestHandler(dataApi: DataApi): DataApiRequestHandler {
  return async (req, res, body) => {
    const hungUp = new AbortController();
    res.on('close', () => hungUp.abort());
    try {
      const operation = operationOf(req);
      const caller = { accessKeyId: accessKeyOf(req), signal: hungUp.signal };
      reply(res, 200, await dataApi.handle(operation, parseBody(body), caller));
    } catch (error) {
      if (error instanceof AnswerLostError) req.socket.destroy();
      else if (error instanceof DataApiError) reply(res, error.status, error.body);
      else {
        reply(res, 500, { __type: 'InternalServerException', Message: 'The embedded Data API failed.' });
        throw error;
      }
    }
  };
}

function operationOf(req: IncomingMessage): string {
  const target = req.headers['x-amz-target'];
  const operation = /^RedshiftData\.(?<operation>.*)$/.exec(String(target ?? ''))?.groups?.['operation'];
  if (req.method !== 'POST' || operation === undefined) {
    throw new DataApiError(
      'UnknownOperationException',
      `Expected POST / with X-Amz-Target: RedshiftData.<Operation>, got ${req.method} with ${JSON.stringify(target)}.`,
    );
  }
  return operation;
}

/** `Credential=<access key>/<date>/…` of Signature Version 4. */
function accessKeyOf(req: IncomingMessage): string {
  const credential = /Credential=(?<key>[^/,\s]+)/.exec(req.headers.authorization ?? '');
  return credential?.groups?.['key'] ?? UNSIGNED_CALLER;
}

function parseBody(body: Buffer): unknown {
  if (body.length > MAX_BODY_BYTES) {
    throw new DataApiError(
      'RequestEntityTooLargeException',
      `Expected a body of at most ${MAX_BODY_BYTES} bytes, got ${body.length}.`,
      { status: 413 },
    );
  }
  try {
    return parseJsonObject(body);
  } catch (cause) {
    if (!(cause instanceof JsonUnreadable)) throw cause;
    throw new DataApiError('SerializationException', cause.message, { cause });
  }
}

function reply(res: ServerResponse, status: number, response: unknown): void {
  if (res.destroyed) return;
  const text = encodeWireJson(response);
  res.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  });
  res.end(text);
}
