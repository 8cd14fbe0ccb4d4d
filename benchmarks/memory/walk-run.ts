import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeStatementCommand, type RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { WrongResult } from '../harness/wrong-result.ts';
import type { Called } from './function-process.ts';

/** Calls a function by its key. */
export type CallFunction = (key: string, event: unknown) => Promise<Called>;

interface Walk {
  readonly call: CallFunction;
  readonly dataApi: RedshiftDataClient;
  readonly target: string;
  readonly runId: string;
  /** ISO time of the cloud's clock. */
  readonly startedAt: string;
}

/** More rounds than any server needs to let its sessions go. */
const ROUNDS = 30;

/**
 * Goes through a run in the order of its state machine, one function after the other, without the machine: each call is
 * whoever calls' own, so that it can be measured apart.
 *
 * @returns what the run says of itself at its end
 * @throws WrongResult when a statement fails or the ends do not settle
 */
export async function walkRun({ call, dataApi, target, runId, startedAt }: Walk): Promise<unknown> {
  const answerOf = async (key: string, event: unknown): Promise<Record<string, unknown>> =>
    (await call(key, event)).answer as Record<string, unknown>;
  const input = { target, dryRun: false };
  const { run } = await answerOf('beginRun', { input, runId, startedAt, execution: `bench:${runId}` });
  const asked = await answerOf('submitSessionQuery', { run });
  await finished(dataApi, asked['statementId']);
  const plan = await answerOf('planActions', { run, statementId: asked['statementId'] });
  for (const notice of plan['notices'] as readonly unknown[]) {
    const receipt = await answerOf('publishNotice', { run, notice });
    await call('recordNotice', { run, notice, receipt });
  }
  let settled = plan['terminations'] === 0;
  for (let round = 0; !settled; round += 1) {
    if (round === ROUNDS) {
      throw new WrongResult('the run', `to settle in ${ROUNDS} rounds`, 'backends that are still there');
    }
    const termination = await answerOf('submitTermination', { run, round });
    if (termination['submitted'] === false) {
      break;
    }
    await finished(dataApi, termination['statementId']);
    const look = await answerOf('submitOutcomeQuery', { run, round });
    await finished(dataApi, look['statementId']);
    const ids = { terminationId: termination['statementId'], statementId: look['statementId'] };
    settled = (await answerOf('recordOutcomes', { run, round, ...ids }))['settled'] === true;
  }
  return await answerOf('finishRun', { run });
}

async function finished(dataApi: RedshiftDataClient, id: unknown): Promise<void> {
  for (;;) {
    const { Status, Error: error } = await dataApi.send(new DescribeStatementCommand({ Id: String(id) }));
    if (Status === 'FINISHED') {
      return;
    }
    if (Status === 'FAILED' || Status === 'ABORTED') {
      throw new WrongResult('the statement', 'to finish', `${Status} ${error ?? ''}`);
    }
    await sleep(20);
  }
}
