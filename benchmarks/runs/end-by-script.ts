import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  type RedshiftDataClient,
  type SqlParameter,
} from '@aws-sdk/client-redshift-data';
import { WrongResult } from '../harness/wrong-result.ts';
import type { Stage, Victims } from './stage.ts';
import { watchUntilGone } from './watch-until-gone.ts';

/** Between two looks at a statement. Short, so that the script is not slow for its pauses. */
const PAUSE_MS = 20;

const NAME = 'the script';

const LIST = String.raw`
  select s.process
  from stv_sessions s
  join pg_user u on u.usename = rtrim(s.user_name)
  where not u.usesuper and s.user_name not like 'etl\_%' and s.process <> pg_backend_pid()
    and s.process not in (select pid from stv_inflight)
    and s.process not in (select pid from stv_recents where status = 'Running')`;

/** What the script did. */
export interface ScriptFigures {
  /** Milliseconds from its first call until all victims are gone. */
  readonly ms: number;
  /** Its calls of the Data API, by operation. */
  readonly calls: Readonly<Record<'ExecuteStatement' | 'DescribeStatement' | 'GetStatementResult', number>>;
}

/**
 * What people write: lists the idle sessions through the Data API, then hands in one `pg_terminate_backend` per session,
 * one after the other, and looks at each until it has ended.
 */
export async function endByScript(stage: Stage, victims: Victims): Promise<ScriptFigures> {
  const { cloud, dataApi } = stage;
  const count = () => ({ ...cloud.dataApi.calls });
  const before = count();
  const began = performance.now();
  const run = runner(dataApi, {
    ClusterIdentifier: cloud.clusterIdentifier,
    Database: cloud.database,
    DbUser: 'awsuser',
  });
  const listed = await readPids(dataApi, await run(LIST));
  if (listed.length !== victims.pids.size || listed.some((pid) => !victims.pids.has(pid))) {
    throw new WrongResult(NAME, `to list the ${victims.pids.size} idle sessions`, `${listed.length}, or others`);
  }
  for (const pid of listed) {
    await run('select pg_terminate_backend(cast(:pid as integer))', [{ name: 'pid', value: String(pid) }]);
  }
  const after = count();
  const gone = await watchUntilGone(NAME, stage, victims);
  const more = (operation: keyof ScriptFigures['calls']) => after[operation] - before[operation];
  return {
    ms: gone - began,
    calls: {
      ExecuteStatement: more('ExecuteStatement'),
      DescribeStatement: more('DescribeStatement'),
      GetStatementResult: more('GetStatementResult'),
    },
  };
}

function runner(
  dataApi: RedshiftDataClient,
  place: { readonly ClusterIdentifier: string; readonly Database: string; readonly DbUser: string },
) {
  return async (Sql: string, Parameters?: SqlParameter[]): Promise<string> => {
    const { Id = '' } = await dataApi.send(new ExecuteStatementCommand({ ...place, Sql, Parameters }));
    for (;;) {
      const { Status, Error: error } = await dataApi.send(new DescribeStatementCommand({ Id }));
      if (Status === 'FINISHED') {
        return Id;
      }
      if (Status === 'FAILED' || Status === 'ABORTED') {
        throw new WrongResult(NAME, 'to have each statement finish', `${Status}: ${error ?? ''}`);
      }
      await delay(PAUSE_MS);
    }
  };
}

async function readPids(dataApi: RedshiftDataClient, Id: string): Promise<number[]> {
  const pids: number[] = [];
  let NextToken: string | undefined;
  do {
    const page = await dataApi.send(new GetStatementResultCommand({ Id, NextToken }));
    pids.push(...(page.Records ?? []).map(([pid]) => pid?.longValue ?? 0));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return pids;
}
