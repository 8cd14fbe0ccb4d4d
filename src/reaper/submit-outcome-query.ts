import * as z from 'zod';
import { REDSHIFT_SESSION_SQL } from '../backends/redshift-session-sql.ts';
import { firstWait } from './first-wait.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { runRefShape } from './run-ref.ts';
import { createSubmitOnKeptSession } from './submit-on-kept-session.ts';
import type { SubmittedStatement } from './submit-session-query.ts';

export const submitOutcomeQueryInput = z.strictObject({ run: runRefShape, round: z.int().min(0) });

/** Asks the target again who holds its slots: only a look shows whether a signal took. */
export function createSubmitOutcomeQuery(ports: ReaperPorts) {
  const submit = createSubmitOnKeptSession(ports);
  return async ({ run, round }: z.infer<typeof submitOutcomeQueryInput>): Promise<SubmittedStatement> => {
    const statement = { sql: REDSHIFT_SESSION_SQL, parameters: {}, step: 'outcome-query', round };
    const { statementId } = await submit(run, statement);
    return { statementId, wait: firstWait(ports.config) };
  };
}
