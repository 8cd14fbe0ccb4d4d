import {
  DescribeStatementCommand,
  ListSessionsCommand,
  ListStatementsCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { expect } from 'vitest';
import type { LocalCloud } from '../../../local/local-cloud.ts';
import { rewriteRedshiftSql } from '../../../local/redshift/rewrite-redshift-sql.ts';
import type { VirtualClock } from '../../../local/virtual-clock.ts';
import { TARGET } from '../target.ts';
import { until } from '../until.ts';
import type { EngineFixture, EngineServer, Entry, HeldStep, Right } from './engine-fixture.ts';

/** Longer than any run takes on the cloud's clock: a call that is held by it is let go by moving the clock. */
const HOLD_MS = 120_000;

const KEPT_SESSION: Entry = { title: 'on the session that the reaper keeps', target: TARGET };

const SUPERUSERS: Entry = {
  title: 'on a slot that the server reserves for superusers, when that session is dead',
  target: TARGET,
};

const RIGHTS: Readonly<Record<Right, string>> = {
  'sign-in': 'nocreateuser syslog access restricted',
  see: 'nocreateuser syslog access unrestricted',
  end: 'createuser syslog access unrestricted',
};

/** The embedded cloud's cluster, or its Serverless workgroup: the same server, entered by another way. */
export function redshiftFixture(engine: 'redshift' | 'redshift-serverless'): EngineFixture {
  const logs = engine === 'redshift' ? 'stl_connection_log' : 'sys_connection_log, sys_transaction_history';
  return {
    name: engine === 'redshift' ? 'Redshift' : 'Redshift Serverless',
    engine,
    machine: 'reap-redshift-sessions',
    database: 'dev',
    superuser: 'awsuser',
    keeper: 'awsuser',
    standing: { system: 1, superuser: 0 },
    reserved: 3,
    entries: [KEPT_SESSION, SUPERUSERS],
    refusal: 'remaining connection slots are reserved for roles with the SUPERUSER attribute',
    states: { look: 'SubmitSessionQuery', end: 'SubmitTermination', outcomes: 'RecordOutcomes' },
    statements: ['SessionQuery', 'Termination', 'OutcomeQuery'],
    requestsPerRound: { ExecuteStatement: 2, GetStatementResult: 2 },
    sparesWhoWasUsed: false,
    roundsAfterLostRight: engine === 'redshift' ? [2] : [1, 2],
    // Secrets of the embedded cloud are of the user whose name they have.
    signIn: (user) =>
      engine === 'redshift'
        ? { cluster: 'local', database: 'dev', dbUser: user }
        : {
            workgroup: 'local-serverless',
            database: 'dev',
            secretArn: `arn:aws:secretsmanager:us-east-1:000000000000:secret:${user}-a1b2c3`,
          },
    failures: { elsewhere: 'DataApiFailed', stranger: 'StatementFailed' },
    nowhere: engine === 'redshift' ? { cluster: 'elsewhere' } : { workgroup: 'elsewhere' },
    serve: async (cloud, clock) => serve(cloud, clock, logs),
  };
}

function serve(cloud: LocalCloud, clock: VirtualClock, logs: string): EngineServer {
  const client = new RedshiftDataClient({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

  async function sessionOfLastStatement() {
    const { Statements } = await client.send(new ListStatementsCommand({ MaxResults: 1 }));
    const { SessionId, RedshiftPid } = await client.send(new DescribeStatementCommand({ Id: Statements?.[0]?.Id }));
    return { sessionId: SessionId, pid: RedshiftPid };
  }

  /** @param kept whether the session that the reaper keeps is alive when it is needed */
  async function prepareEntry(kept: boolean): Promise<() => Promise<void>> {
    const before = await sessionOfLastStatement();
    if (!kept) {
      const admin = await cloud.redshift.connect({ user: 'awsuser', database: 'dev' });
      await admin.query('select pg_terminate_backend($1::int)', [before.pid]);
      await until('the kept session is gone', async () => {
        const { rows } = await admin.query('select from pg_stat_activity where pid = $1', [before.pid]);
        return rows.length === 0 ? true : null;
      });
      await admin.end();
    }
    return async () => {
      const after = await sessionOfLastStatement();
      expect(after.sessionId === before.sessionId).toBe(kept);
      expect(after.pid === before.pid).toBe(kept);
      const { Sessions } = await client.send(new ListSessionsCommand({ Status: 'AVAILABLE' }));
      expect(Sessions?.map(({ SessionId }) => SessionId)).toEqual([after.sessionId]);
    };
  }

  return {
    connect: (user, applicationName) => cloud.redshift.connect({ user, database: cloud.database, applicationName }),
    grant: (user, right) => [
      rewriteRedshiftSql(`alter user ${user} ${RIGHTS[right]}`),
      ...(right === 'sign-in' ? [] : [`grant select on ${logs} to ${user}`]),
    ],
    requests: () =>
      Object.fromEntries(
        Object.entries(cloud.calls.all()).flatMap(([name, count]) =>
          name.startsWith('redshift-data.') && name !== 'redshift-data.DescribeStatement'
            ? [[name.slice('redshift-data.'.length), count]]
            : [],
        ),
      ),
    async waitOver() {
      await until('the statement that the run waits for ends', async () => {
        const { Statements } = await client.send(new ListStatementsCommand({ Status: 'ALL', MaxResults: 1 }));
        return ['FINISHED', 'FAILED', 'ABORTED'].includes(Statements?.[0]?.Status ?? '') ? true : null;
      });
    },
    holdNext: (step) => hold(cloud, clock, step === 'look' ? 1 : 2),
    prepareEntry: (entry) => prepareEntry(entry === KEPT_SESSION),
    stop: async () => client.destroy(),
  };
}

/** Holds the n-th statement that is submitted from now on, until the clock is moved. */
function hold({ dataApi }: LocalCloud, clock: VirtualClock, n: number): HeldStep {
  const calls = dataApi.calls.ExecuteStatement;
  for (let before = 1; before < n; before += 1) {
    dataApi.faults.next('ExecuteStatement', {});
  }
  dataApi.faults.next('ExecuteStatement', { delayMs: HOLD_MS });
  return {
    arrived: async () => {
      await until('the statement is handed in', () => (dataApi.calls.ExecuteStatement === calls + n ? true : null));
    },
    release: () => clock.advance(HOLD_MS),
  };
}
