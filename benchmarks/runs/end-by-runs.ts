import { countBilledCalls } from '../../scripts/cost/billed-calls.ts';
import { followExecution } from '../../scripts/cost/follow-execution.ts';
import type { RunSummary } from '../../src/reaper/run-summary.ts';
import { WrongResult } from '../harness/wrong-result.ts';
import { figuresOfHistory, type HistoryFigures } from './figures-of-history.ts';
import { runPrice } from './run-price.ts';
import type { Stage, Victims } from './stage.ts';
import { watchUntilGone } from './watch-until-gone.ts';

const NAME = 'Slotkeeper';
const MINUTE = 60_000;

/** Keys of one BatchGetItem. */
const BATCH = 100;

/** What one run took. */
export interface RunFigures extends HistoryFigures {
  /** Calls of the Data API, by operation, those of the state machine included. */
  readonly calls: Readonly<Record<'ExecuteStatement' | 'DescribeStatement' | 'GetStatementResult', number>>;
  /** All but looks at statements. */
  readonly callsBesidesPolls: number;
  /** Of these, pages of results after the first of each. */
  readonly furtherPages: number;
  /** Dollars. */
  readonly price: number;
}

/** What it took to warn of sessions and to end them. */
export interface ReapingFigures {
  readonly warning: RunFigures;
  readonly ending: RunFigures;
  /** Milliseconds from the guarded statement's arrival at the service until all victims are gone. */
  readonly terminationMs: number;
}

/** Has all victims warned by one run and ended by the next. @throws WrongResult when the runs did anything else */
export async function endByRuns(stage: Stage, victims: Victims): Promise<ReapingFigures> {
  const count = victims.pids.size;
  await stage.clock.advance(31 * MINUTE);
  const warned = await runOnce(stage, count);
  expectOf(warned.summary, { warn: count, terminate: 0, gone: 0, sent: 1 });
  await stage.clock.advance(30 * MINUTE);
  const ending = runOnce(stage, count);
  const gone = watchUntilGone(NAME, stage, victims).then((at) => performance.timeOrigin + at + stage.clock.offsetMs);
  const [ended, goneAt] = await Promise.all([ending, gone]);
  expectOf(ended.summary, { warn: 0, terminate: count, gone: count, sent: 0 });
  const { terminationAt } = ended.figures;
  if (terminationAt === null) {
    throw new WrongResult(NAME, 'to end all sessions by one guarded statement', 'none, or more than one');
  }
  return { warning: warned.figures, ending: ended.figures, terminationMs: goneAt - terminationAt };
}

/** One run of the deployed state machine, whatever it finds. @param sessions how many it is about */
export async function runOnce(
  { cloud, sfn }: Stage,
  sessions: number,
): Promise<{ readonly summary: RunSummary; readonly figures: RunFigures }> {
  const stateMachineArn = cloud.stateMachines['slotkeeper-local-reap-redshift-sessions'] ?? '';
  const billed = countBilledCalls(cloud);
  const before = cloud.calls.all();
  const { output, events } = await followExecution(sfn, { stateMachineArn, input: { target: 'local', dryRun: false } });
  const after = cloud.calls.all();
  const more = (call: string) => (after[call] ?? 0) - (before[call] ?? 0);
  const calls = {
    ExecuteStatement: more('redshift-data.ExecuteStatement'),
    DescribeStatement: more('redshift-data.DescribeStatement'),
    GetStatementResult: more('redshift-data.GetStatementResult'),
  };
  const history = figuresOfHistory(events);
  const run = { transitions: history.transitions, ...billed() };
  const itemsRead = more('dynamodb.BatchGetItem') * Math.min(BATCH, sessions);
  const price = Object.values(runPrice(run, { itemsRead, lambdaSeconds: history.lambdaSeconds }));
  return {
    summary: (output as { run: RunSummary }).run,
    figures: {
      ...history,
      calls,
      callsBesidesPolls: run.dataApi - calls.DescribeStatement,
      // Each statement of a run has one result, which is read once.
      furtherPages: calls.GetStatementResult - calls.ExecuteStatement,
      price: price.reduce((sum, dollars) => sum + dollars, 0),
    },
  };
}

interface Expected {
  readonly warn: number;
  readonly terminate: number;
  readonly gone: number;
  readonly sent: number;
}

/** What the run has on record must be what it was to do. */
function expectOf({ counts, outcomes, notices, unclaimed }: RunSummary, expected: Expected): void {
  const { warn, terminate } = counts ?? { warn: Number.NaN, terminate: Number.NaN };
  const { gone = 0, ...others } = { ...outcomes, ...unclaimed };
  const got = { warn, terminate, gone, sent: notices.sent };
  if (JSON.stringify(got) !== JSON.stringify(expected) || Object.values(others).some((count) => count > 0)) {
    throw new WrongResult(NAME, `to have on record ${JSON.stringify(expected)}`, JSON.stringify({ ...got, ...others }));
  }
}
