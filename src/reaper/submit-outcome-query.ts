import * as z from 'zod';
import { redshiftEngine } from '../backends/redshift-engine.ts';
import { findDataApiTarget } from './find-data-api-target.ts';
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
    const { sessionSql } = redshiftEngine(findDataApiTarget(ports.config, run.target));
    const statement = { sql: sessionSql, parameters: {}, step: 'outcome-query', round };
    const { statementId } = await submit(run, statement);
    return { statementId, wait: firstWait(ports.config) };
  };
}
