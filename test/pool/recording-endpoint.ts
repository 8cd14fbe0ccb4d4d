import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A loopback endpoint before another one: it counts what goes through, and throttles some of it. */
export interface RecordingEndpoint {
  readonly url: string;
  /** Calls that went through, by operation, e.g. `ExecuteStatement`. */
  readonly calls: Record<string, number>;
  /** Calls that were answered by a throttling error instead. */
  throttled: number;
  /** Every n-th call is throttled; `null`: none. */
  throttleEvery: number | null;
  reset(): void;
  total(): number;
  stop(): Promise<void>;
}

/** @param throttlingError the service's name of it: clients retry it */
export async function startRecordingEndpoint(upstream: string, throttlingError: string): Promise<RecordingEndpoint> {
  let seen = 0;
  const server = createServer((incoming, outgoing) => {
    buffer(incoming)
      .then((body) => {
        seen += 1;
        if (endpoint.throttleEvery !== null && seen % endpoint.throttleEvery === 0) {
          endpoint.throttled += 1;
          outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
          outgoing.end(JSON.stringify({ __type: throttlingError, message: 'Rate exceeded', Message: 'Rate exceeded' }));
          return;
        }
        const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
        endpoint.calls[operation] = (endpoint.calls[operation] ?? 0) + 1;
        const { method, url, headers } = incoming;
        const forwarded = httpRequest(
          new URL(url ?? '/', upstream),
          { method: method ?? 'POST', headers },
          (answer) => {
            outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
            answer.pipe(outgoing);
          },
        );
        forwarded.on('error', () => outgoing.destroy());
        forwarded.end(body);
      })
      .catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint: RecordingEndpoint = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: {},
    throttled: 0,
    throttleEvery: null,
    reset() {
      for (const operation of Object.keys(endpoint.calls)) {
        delete endpoint.calls[operation];
      }
    },
    total: () => Object.values(endpoint.calls).reduce((sum, count) => sum + count, 0),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return endpoint;
}
