import {
  CancelStatementCommand,
  DescribeStatementCommand,
  type DescribeStatementCommandOutput,
  ExecuteStatementCommand,
  ListSessionsCommand,
  type ListSessionsCommandOutput,
  ListStatementsCommand,
  type ListStatementsCommandOutput,
  type RedshiftDataClient,
  type SessionData,
} from '@aws-sdk/client-redshift-data';
import { dataApiCalls } from '../warehouse/data-api-calls.ts';
import { readPid } from '../warehouse/read-pid.ts';
import { readStatus } from '../warehouse/read-status.ts';
import { exactResultCommand } from './exact-result-command.ts';
import { poolStatementInput } from './pool-statement-input.ts';
import type { PoolTarget } from './pool-target.ts';
import type { PoolWarehouse, ServerSession, ServerSessionStatus } from './pool-warehouse.ts';
import { readExactPage } from './read-exact-page.ts';
import { refuseLateTries } from './refuse-late-tries.ts';
import { submitError } from './submit-error.ts';
import { userOfSecret } from './tenant-secret.ts';

const SESSION_STATUSES: readonly ServerSessionStatus[] = ['AVAILABLE', 'BUSY', 'CLOSED'];

export interface DataApiPoolWarehouseOptions {
  /** Its own retries keep the ClientToken, so a submission that was taken is not taken twice. */
  readonly client: RedshiftDataClient;
  readonly target: PoolTarget;
  /** The pool's clock, by which leases end. */
  readonly now: () => Date;
}

/** The pool's Data API: sessions, exact results, and errors without SQL text or a SessionId. */
export function createDataApiPoolWarehouse(options: DataApiPoolWarehouseOptions): PoolWarehouse {
  const { client, target, now } = options;
  const place = 'cluster' in target ? { ClusterIdentifier: target.cluster } : { WorkgroupName: target.workgroup };

  const { ask, failed, answerWithout } = dataApiCalls(target.name);

  return {
    async submit(statement) {
      const command = new ExecuteStatementCommand(poolStatementInput(target, statement));
      const mayHaveRun = refuseLateTries(command, { target: target.name, notAfter: statement.notAfter, now });
      const answer = await client.send(command).catch((error: unknown) => {
        throw submitError(target.name, statement, error, mayHaveRun());
      });
      if (answer.Id === undefined) {
        throw answerWithout('ExecuteStatement', 'Id');
      }
      return {
        statementId: answer.Id,
        sessionId: answer.SessionId ?? null,
        status: readStatus(answer.Status) ?? null,
        pid: readPid(answer.RedshiftPid),
        hasResultSet: answer.HasResultSet ?? null,
      };
    },

    async describe(statementId, waitSeconds) {
      const wait = waitSeconds === null ? {} : { WaitTimeSeconds: waitSeconds };
      const send = () => client.send(new DescribeStatementCommand({ Id: statementId, ...wait }));
      const answer = await ask('DescribeStatement', statementId, null, send);
      const status = readStatus(answer?.Status);
      if (answer === null || status === undefined) {
        throw answerWithout('DescribeStatement', 'Status');
      }
      return {
        statementId,
        status,
        error: answer.Error ?? null,
        pid: readPid(answer.RedshiftPid),
        sessionId: answer.SessionId ?? null,
        hasResultSet: answer.HasResultSet ?? false,
        database: answer.Database ?? null,
        dbUser: signedInUser(answer),
      };
    },

    async fetchPage(statementId, token) {
      const input = { Id: statementId, ...(token === null ? {} : { NextToken: token }) };
      const send = () => client.send(exactResultCommand(input));
      const answer = await ask('GetStatementResult', statementId, null, send);
      return readExactPage(statementId, answer ?? {});
    },

    async cancel(statementId) {
      const send = () => client.send(new CancelStatementCommand({ Id: statementId }));
      await ask('CancelStatement', statementId, 'already-ended', send);
    },

    async findSession(sessionId) {
      try {
        const { Sessions } = await client.send(new ListSessionsCommand({ SessionId: sessionId }));
        const found = (Sessions ?? []).find((session) => session.SessionId === sessionId);
        return found === undefined ? null : toServerSession(found);
      } catch (error) {
        if (error instanceof Error && error.name === 'ResourceNotFoundException') {
          return null;
        }
        throw failed('ListSessions', error, [sessionId]);
      }
    },

    async findStatements(namePrefix) {
      const found: { statementId: string; sessionId: string | null }[] = [];
      const scope = { StatementName: namePrefix, Status: 'ALL', ...place } as const;
      let token: string | undefined;
      do {
        const input = token === undefined ? scope : { ...scope, NextToken: token };
        const page: ListStatementsCommandOutput = await client
          .send(new ListStatementsCommand(input))
          .catch((error: unknown) => {
            throw failed('ListStatements', error);
          });
        for (const { Id, SessionId } of page.Statements ?? []) {
          if (Id !== undefined) {
            found.push({ statementId: Id, sessionId: SessionId ?? null });
          }
        }
        token = page.NextToken || undefined;
      } while (token !== undefined);
      return found;
    },

    async listSessions() {
      const found: ServerSession[] = [];
      let token: string | undefined;
      do {
        const input = { ...place, ...(token === undefined ? {} : { NextToken: token }) };
        const page: ListSessionsCommandOutput = await client
          .send(new ListSessionsCommand(input))
          .catch((error: unknown) => {
            throw failed('ListSessions', error);
          });
        found.push(...(page.Sessions ?? []).map(toServerSession));
        token = page.NextToken || undefined;
      } while (token !== undefined);
      return found;
    },
  };

  /** Who signed in with a secret, its name tells: such an answer need not name the user (API reference, examples). */
  function signedInUser({ DbUser, SecretArn }: DescribeStatementCommandOutput): string | null {
    return 'cluster' in target || SecretArn === undefined ? (DbUser ?? null) : userOfSecret(target, SecretArn);
  }

  function toServerSession(session: SessionData): ServerSession {
    const status = SESSION_STATUSES.find((known) => known === session.Status);
    if (session.SessionId === undefined || session.CreatedAt === undefined || status === undefined) {
      throw answerWithout('ListSessions', 'SessionId, CreatedAt and Status');
    }
    return {
      sessionId: session.SessionId,
      status,
      createdAt: session.CreatedAt,
      database: session.Database ?? null,
      dbUser: session.DbUser ?? null,
      currentStatementId: session.CurrentStatementId ?? null,
    };
  }
}
