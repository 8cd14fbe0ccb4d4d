import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  DescribeStatementCommand,
  type DescribeStatementCommandOutput,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type pg from 'pg';
import { createDataApi, type DataApiOptions } from '../../local/data-api/create-data-api.ts';
import type { DataApi } from '../../local/data-api/data-api.ts';
import { dataApiRequestHandler } from '../../local/data-api/data-api-request-handler.ts';
import type { RedshiftServer } from '../../local/redshift/redshift-server.ts';
import { startRedshift } from '../../local/redshift/start-redshift.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';

/** Where statements run that say nothing else. */
export const DEV = { ClusterIdentifier: 'local', Database: 'dev' } as const;

/** An answer as it came over HTTP. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** A Data API behind an HTTP server of its own. */
export interface ServedDataApi {
  readonly dataApi: DataApi;
  readonly endpoint: string;
  /** An SDK client that signs with this access key and does not retry. */
  client(accessKeyId?: string): RedshiftDataClient;
  /** What a stranger's client does: plain JSON over HTTP. */
  post(operation: string, body: unknown, headers?: Record<string, string>): Promise<RawAnswer>;
}

/** One embedded Redshift for a test file, and as many Data APIs over it as its tests need. */
export interface Harness {
  readonly clock: VirtualClock;
  readonly redshift: RedshiftServer;
  /** A superuser's connection beside the Data API. */
  readonly admin: pg.Client;
  serve(options?: Partial<DataApiOptions>): Promise<ServedDataApi>;
  stop(): Promise<void>;
}

/** Starts the server; end it with `stop`. */
export async function startHarness(options: { maxConnections?: number } = {}): Promise<Harness> {
  const clock = new VirtualClock();
  const redshift = await startRedshift({ port: 0, clock, ...options });
  const admin = await redshift.connect({ user: 'awsuser', database: 'dev' });
  const stops: (() => Promise<void>)[] = [];
  return {
    clock,
    redshift,
    admin,
    async serve(dataApiOptions = {}) {
      const dataApi = createDataApi({ redshift, clock, ...dataApiOptions });
      const handler = dataApiRequestHandler(dataApi);
      const server = createServer((req, res) => {
        buffer(req)
          .then((body) => handler(req, res, body))
          .catch((error: unknown) => process.emitWarning(error instanceof Error ? error : String(error)));
      });
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const clients: RedshiftDataClient[] = [];
      stops.push(async () => {
        for (const client of clients) client.destroy();
        await dataApi.close();
        server.closeAllConnections();
        await new Promise((resolve) => {
          server.close(resolve);
        });
      });
      return {
        dataApi,
        endpoint,
        client(accessKeyId = 'local') {
          const credentials = { accessKeyId, secretAccessKey: 'unused' };
          const client = new RedshiftDataClient({ region: 'us-east-1', endpoint, credentials, maxAttempts: 1 });
          clients.push(client);
          return client;
        },
        async post(operation, body, headers = {}) {
          const response = await fetch(endpoint, {
            method: 'POST',
            headers: {
              'content-type': 'application/x-amz-json-1.1',
              'x-amz-target': `RedshiftData.${operation}`,
              ...headers,
            },
            body: typeof body === 'string' ? body : JSON.stringify(body),
          });
          const text = await response.text();
          return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
        },
      };
    },
    async stop() {
      for (const stop of stops) await stop();
      await admin.end();
      await redshift.stop();
    },
  };
}

/** Submits SQL, waits for its end and describes it. */
export async function run(
  client: RedshiftDataClient,
  Sql: string,
  options: Partial<ExecuteStatementCommandInput> = {},
): Promise<DescribeStatementCommandOutput> {
  const place = options.SessionId === undefined ? DEV : {};
  const { Id } = await client.send(new ExecuteStatementCommand({ ...place, Sql, ...options }));
  return client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
}

/** The error's name and message, as a caller would branch on them. */
export function refusal(promise: Promise<unknown>): Promise<{ name: string; message: string }> {
  return promise.then(
    (answer) => {
      throw new Error(`Expected a refusal, got ${JSON.stringify(answer)}.`);
    },
    (error: Error) => ({ name: error.name, message: error.message }),
  );
}
