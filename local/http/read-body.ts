import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';

/** DynamoDB's limit for one request, the largest of the services here. */
const LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * Reads a request's body.
 *
 * @throws AwsError `RequestEntityTooLargeException` past 16 MiB; the rest of the body is then not read
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT_BYTES) {
      throw new AwsError('RequestEntityTooLargeException', `Expected a body of at most ${LIMIT_BYTES} bytes.`, 413);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
