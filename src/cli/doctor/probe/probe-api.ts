import { setTimeout as realSleep } from 'node:timers/promises';
import {
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  type ExecuteStatementCommandOutput,
  type Field,
  GetStatementResultCommand,
  type GetStatementResultCommandOutput,
  ListSessionsCommand,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { DataApiTarget } from '../../../config/target-config.ts';

/** Marks whatever the probe submits, so that it can be told from everybody else's. */
export const PROBE_NAME = 'slotkeeper/probe';

/** Milliseconds between two looks at a session: ListSessions allows perhaps three a second (as ListStatements does). */
const LOOK_EVERY = 400;

/** Milliseconds between two looks at a statement: DescribeStatement allows 100 a second (AWS page data-api, quotas). */
const DESCRIBE_EVERY = 100;

/** How long a statement may take to end, milliseconds. */
const PATIENCE = 30_000;

/** How a statement ended. */
export interface Ended {
  readonly id: string;
  readonly status: string;
  /** e.g. `FAILED: ERROR: …`; the status alone where the service gives no error. */
  readonly told: string;
  readonly pid: number | null;
  readonly sessionId: string | null;
  readonly hasResultSet: boolean;
}

/** Statements of the probe, as plain as the service takes and gives them. Its own, since adapters hide what is to be seen. */
export interface ProbeApi {
  /** Members that say where a new session connects, and as whom. */
  readonly place: Pick<
    ExecuteStatementCommandInput,
    'ClusterIdentifier' | 'WorkgroupName' | 'Database' | 'DbUser' | 'SecretArn'
  >;
  execute(input: ExecuteStatementCommandInput): Promise<ExecuteStatementCommandOutput & { readonly Id: string }>;
  /** Waits for the end, and cancels what does not come to one. */
  ended(id: string): Promise<Ended>;
  run(input: ExecuteStatementCommandInput): Promise<Ended>;
  page(id: string): Promise<GetStatementResultCommandOutput>;
  /** The first field of the first row, as text. */
  value(id: string): Promise<string>;
  cancel(id: string): Promise<unknown>;
  describe(id: string): Promise<unknown>;
  /** The status of a session. */
  sessionStatus(sessionId: string): Promise<string>;
  /** Looks until the session has that status, or the time is over; answers the last one seen. */
  sessionBecomes(sessionId: string, status: string, milliseconds: number): Promise<{ status: string; after: number }>;
}

export interface ProbeApiOptions {
  readonly client: RedshiftDataClient;
  readonly target: DataApiTarget;
  /** Milliseconds; rejects when the probe is interrupted. @default a plain wait */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

export function createProbeApi({ client, target, sleep = realSleep }: ProbeApiOptions): ProbeApi {
  const api: ProbeApi = {
    place: {
      ...(target.engine === 'redshift'
        ? { ClusterIdentifier: target.cluster, ...(target.dbUser === null ? {} : { DbUser: target.dbUser }) }
        : { WorkgroupName: target.workgroup }),
      ...(target.secretArn === null ? {} : { SecretArn: target.secretArn }),
      Database: target.database,
    },
    async execute(input) {
      const answer = await client.send(new ExecuteStatementCommand({ StatementName: PROBE_NAME, ...input }));
      if (answer.Id === undefined) {
        throw new Error('ExecuteStatement answered without an Id.');
      }
      return { ...answer, Id: answer.Id };
    },
    async ended(id) {
      for (let waited = 0; waited < PATIENCE; waited += DESCRIBE_EVERY) {
        const answer = await client.send(new DescribeStatementCommand({ Id: id }));
        const status = answer.Status ?? 'unknown';
        if (status === 'FINISHED' || status === 'FAILED' || status === 'ABORTED') {
          return {
            id,
            status,
            told: answer.Error === undefined || answer.Error === '' ? status : `${status}: ${answer.Error}`,
            pid: answer.RedshiftPid ?? null,
            sessionId: answer.SessionId ?? null,
            hasResultSet: answer.HasResultSet ?? false,
          };
        }
        await sleep(DESCRIBE_EVERY);
      }
      await client.send(new CancelStatementCommand({ Id: id }));
      return { id, status: 'none', told: 'no end within 30 s', pid: null, sessionId: null, hasResultSet: false };
    },
    run: async (input) => await api.ended((await api.execute(input)).Id),
    page: async (id) => await client.send(new GetStatementResultCommand({ Id: id })),
    value: async (id) => textOf((await api.page(id)).Records?.[0]?.[0]),
    cancel: async (id) => await client.send(new CancelStatementCommand({ Id: id })),
    describe: async (id) => await client.send(new DescribeStatementCommand({ Id: id })),
    async sessionStatus(sessionId) {
      const { Sessions } = await client.send(new ListSessionsCommand({ SessionId: sessionId }));
      return Sessions?.[0]?.Status ?? 'not listed';
    },
    async sessionBecomes(sessionId, status, milliseconds) {
      let seen = '';
      for (let waited = 0; waited <= milliseconds; waited += LOOK_EVERY) {
        seen = await api.sessionStatus(sessionId);
        if (seen === status) {
          return { status: seen, after: waited };
        }
        await sleep(LOOK_EVERY);
      }
      return { status: seen, after: milliseconds };
    },
  };
  return api;
}

/** A field's value as text, whatever its type. */
function textOf(field: Field | undefined): string {
  const value = field?.stringValue ?? field?.longValue ?? field?.doubleValue ?? field?.booleanValue;
  return value === undefined ? 'null' : String(value);
}
