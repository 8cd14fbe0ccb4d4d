import * as z from 'zod';
import { REDSHIFT_SESSION_SQL } from '../backends/redshift-session-sql.ts';
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
    const statement = { sql: REDSHIFT_SESSION_SQL, parameters: {}, step: 'session-query', round: 0 };
    const { statementId } = await submit(run, statement);
    return { statementId, wait: firstWait(ports.config) };
  };
}
