import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { Executions, Reaper } from './executions.ts';

/** Which deployment to speak to cannot be told. */
export class StageUnknown extends SlotkeeperError {
  constructor(message: string, options?: ErrorOptions) {
    super('StageUnknown', message, options);
  }
}

/**
 * The deployment that a command is about: the one of the stage, or the only one there is.
 *
 * @param stage what `--stage` says; undefined: it was not given
 * @throws StageUnknown when there is none, not that one, or more than one to choose from
 */
export async function chooseReaper(executions: Executions, stage: string | undefined): Promise<Reaper> {
  const reapers = await executions.listReapers();
  const stages = reapers.map((reaper) => reaper.stage).join(', ');
  const found = stage === undefined ? reapers : reapers.filter((reaper) => reaper.stage === stage);
  const [only, second] = found;
  if (only !== undefined && second === undefined) {
    return only;
  }
  if (reapers.length === 0) {
    throw new StageUnknown(
      'Expected a state machine named slotkeeper-<stage>-reap-redshift-sessions, found none in this account and region. ' +
        'Deploy it (npx serverless deploy --stage <stage>), or start the embedded cloud (npm run slotkeeper -- local) and set AWS_ENDPOINT_URL.',
    );
  }
  throw new StageUnknown(
    stage === undefined
      ? `Several stages are deployed here: ${stages}. Pass --stage with one of them.`
      : `No stage "${stage}" is deployed here. There is: ${stages}.`,
  );
}
