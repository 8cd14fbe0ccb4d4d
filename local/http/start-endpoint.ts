import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PortInUseError } from '../port-in-use-error.ts';
import { AnswerLostError } from './answer-lost-error.ts';
import { AwsError } from './aws-error.ts';
import type { AwsRequest, AwsService } from './aws-service.ts';
import type { CallCounts } from './call-counts.ts';
import { readBody } from './read-body.ts';
import { sendJson } from './send-json.ts';

/** Loopback only: nothing in here asks who you are. */
const HOST = '127.0.0.1';

export interface Endpoint {
  readonly port: number;
  readonly url: string;
  /** Gives the requests from now on to these services; until then they are told to wait (HTTP 503). */
  serve(services: readonly AwsService[]): void;
  /** Stops listening and drops the connections that are left. */
  stop(): Promise<void>;
}

export interface EndpointOptions {
  /** 0 picks a free port. */
  readonly port: number;
  readonly calls: CallCounts;
  /** Lets a call meet the fault that is switched on for it. @returns whether that answered it */
  readonly interfere: (call: string, request: AwsRequest, response: ServerResponse) => Promise<boolean>;
  /** Told of errors that are the cloud's own fault. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Listens on one loopback port and gives each request to the service that recognises it.
 *
 * @throws PortInUseError when something else listens there
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  let services: readonly AwsService[] | null = null;
  const server = createServer((request, response) => {
    // Functions live in the cloud's time, other clients in the machine's. An SDK that finds the Date of an error far from
    // its own takes it for a skewed clock and tries again (aws/aws-sdk-js-v3, AwsSdkSigV4Signer): no Date, no such guess.
    response.sendDate = false;
    answer(request, response, services, options).catch((error: unknown) => fail(response, error, options.onFault));
  });
  // Longer than any client keeps an idle connection: it never sends a request into one that is just being closed.
  server.keepAliveTimeout = 600_000;
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${HOST}:${port}`,
    serve: (ready) => {
      services = ready;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  raw: IncomingMessage,
  response: ServerResponse,
  services: readonly AwsService[] | null,
  { calls, interfere }: Pick<EndpointOptions, 'calls' | 'interfere'>,
): Promise<void> {
  refuseForeignHost(raw);
  if (services === null) {
    throw new AwsError('ServiceUnavailableException', 'The embedded cloud is starting.', 503);
  }
  const url = URL.parse(`http://${HOST}${raw.url ?? '/'}`);
  if (url === null) {
    throw new AwsError(
      'UnknownOperationException',
      'Expected the path of a request to be one of a URL, got another text.',
    );
  }
  const method = raw.method ?? 'GET';
  if (method === 'GET' && (url.pathname === '/' || url.pathname === '/health')) {
    sendJson(response, 200, health(services), 'application/json');
    return;
  }
  const request: AwsRequest = { method, url, headers: raw.headers, body: await readBody(raw), raw };
  for (const service of services) {
    const operation = service.operationOf(request);
    if (operation !== null) {
      // A stranger's operation is not remembered by its name: there is no end of them.
      const known = service.operations.includes(operation) ? operation : 'UnknownOperation';
      calls.add(service.name, known);
      if (await interfere(`${service.name}.${known}`, request, response)) {
        return;
      }
      await service.handle(request, operation, response);
      return;
    }
  }
  throw new AwsError('UnknownOperationException', unknownRequest(request, services));
}

/** A page in a browser must not reach the cloud under a name of its own (DNS rebinding). */
function refuseForeignHost(request: IncomingMessage): void {
  const host = (request.headers.host ?? HOST).replace(/:\d+$/, '');
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(host) && !host.endsWith('.localhost')) {
    throw new AwsError(
      'AccessDeniedException',
      `Expected a request to 127.0.0.1 or localhost, got host '${host}'.`,
      403,
    );
  }
}

function health(services: readonly AwsService[]): object {
  return {
    status: 'running',
    services: Object.fromEntries(services.map((service) => [service.name, service.operations])),
  };
}

function unknownRequest(request: AwsRequest, services: readonly AwsService[]): string {
  const target = request.headers['x-amz-target'] ?? 'none';
  return (
    `The embedded cloud does not know ${request.method} ${request.url.pathname} with X-Amz-Target ${target}. ` +
    `It has: ${services.map((service) => service.name).join(', ')}; GET /health lists their operations.`
  );
}

function fail(response: ServerResponse, error: unknown, onFault: (error: unknown) => void): void {
  if (error instanceof AnswerLostError) {
    response.destroy();
    return;
  }
  if (!(error instanceof AwsError || isHangUp(error))) {
    onFault(error);
  }
  if (response.headersSent || response.destroyed) {
    // An answer that was complete stands; half of one is cut, so that nobody takes it for a whole.
    if (!response.writableEnded) {
      response.destroy();
    }
    return;
  }
  if (error instanceof AwsError) {
    const body = { __type: error.name, message: error.message };
    sendJson(response, error.status, body, 'application/x-amz-json-1.0', { 'x-amzn-errortype': error.name });
    return;
  }
  const message = 'The embedded cloud failed to answer; its log says why.';
  sendJson(response, 500, { __type: 'InternalServerException', message });
}

/** A client that went away in the middle of its request, as a killed container does: nobody's fault here. */
function isHangUp(error: unknown): boolean {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortInUseError(port, '--port') : error);
    });
    server.listen({ port, host: HOST }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}
