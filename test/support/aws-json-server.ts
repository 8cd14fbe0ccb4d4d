import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An answer on the wire: 200 unless said otherwise; a text is sent as it is. */
export interface WireAnswer {
  readonly status?: number;
  readonly body: string | Readonly<Record<string, unknown>>;
}

export interface WireRequest {
  /** What follows the dot in `X-Amz-Target`. */
  readonly operation: string;
  readonly body: Record<string, unknown>;
}

/** A loopback server that speaks AWS JSON 1.1, for recorded answers; it remembers what it was asked. */
export interface AwsJsonServer {
  readonly endpoint: string;
  readonly requests: WireRequest[];
  /** The next answers, in order; when they run out, a request fails. */
  answerWith(...answers: readonly WireAnswer[]): void;
  stop(): Promise<void>;
}

export async function startAwsJsonServer(): Promise<AwsJsonServer> {
  const requests: WireRequest[] = [];
  const answers: WireAnswer[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      requests.push({ operation, body: JSON.parse(body) });
      const answer = answers.shift() ?? wireError('UnexpectedRequest', `No answer is left for ${operation}.`);
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answerWith(...next) {
      requests.length = 0;
      answers.splice(0, answers.length, ...next);
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** An error as the AWS JSON services send it. */
export function wireError(type: string, message: string, more: Readonly<Record<string, unknown>> = {}): WireAnswer {
  return { status: 400, body: { __type: type, Message: message, ...more } };
}
