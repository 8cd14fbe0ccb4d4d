import * as z from 'zod';
import { redshiftEngine } from '../backends/redshift-engine.ts';
import { findDataApiTarget } from './find-data-api-target.ts';
import { firstWait } from './first-wait.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { runRefShape } from './run-ref.ts';
import { createSubmitOnKeptSession } from './submit-on-kept-session.ts';

export const submitSessionQueryInput = z.strictObject({ run: runRefShape });

/** A statement that was handed in, and the seconds to wait before the first look at it. */
export interface SubmittedStatement {
  readonly statementId: string;
  readonly wait: number;
}

/** Asks the target who holds its slots. */
export function createSubmitSessionQuery(ports: ReaperPorts) {
  const submit = createSubmitOnKeptSession(ports);
  return async ({ run }: z.infer<typeof submitSessionQueryInput>): Promise<SubmittedStatement> => {
    const { sessionSql } = redshiftEngine(findDataApiTarget(ports.config, run.target));
    const statement = { sql: sessionSql, parameters: {}, step: 'session-query', round: 0 };
    const { statementId } = await submit(run, statement);
    return { statementId, wait: firstWait(ports.config) };
  };
}
