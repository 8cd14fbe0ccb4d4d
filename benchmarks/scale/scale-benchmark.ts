import type { Benchmark } from '../harness/benchmark.ts';
import { formatCount } from '../harness/format-figure.ts';
import type { Budget } from '../harness/report.ts';
import { OPERATIONS } from './account/metering-account.ts';
import { ASSUMED, SESSIONS } from './assumptions.ts';
import { calibrate } from './calibrate.ts';
import { CASES, SHORT_CASES, startsOf } from './cases.ts';
import { manySessionsTable } from './many-sessions.ts';
import { targetsOfOneStack } from './stacks.ts';
import { sweep } from './sweep.ts';
import { meanShare, partOfPartition, percent, quotaTable, type Swept, servicesTable, sum } from './sweep-tables.ts';
import { climb, ladderTable } from './tenant-ladder.ts';

const SEED = 1;

/** How large the world is. Half of what the account's GetStatementResult rate lets through is left to tenants. */
const WHOLE = { cases: CASES, tenants: 10_000, queriesPerSecond: 10, warmUpSeconds: 300, ladder: [10, 15, 20, 25] };
const SHORT = { cases: SHORT_CASES, tenants: 1_000, queriesPerSecond: 5, warmUpSeconds: 30, ladder: [] };

/** Many targets and tenants of one account in one Region, by simulation. */
export const scaleBenchmark: Benchmark = {
  name: 'scale',
  about:
    'many targets and tenants in one account, by simulation on virtual time: sweeps, and what they leave to tenants',
  async run({ short, say }) {
    const size = short ? SHORT : WHOLE;
    const calibration = await calibrate(SEED);
    const swept: Swept[] = [];
    for (const which of size.cases) {
      say(
        `${which.targets} targets, a run ${which.work === 'ends' ? 'ends sessions' : 'finds nothing'}, ${which.begin}`,
      );
      const { targets, work } = which;
      const { tenants: count, queriesPerSecond, warmUpSeconds } = size;
      const figures = await sweep({
        ...{ seed: SEED, targets, work, warmUpSeconds, tenants: { count, queriesPerSecond } },
        ...startsOf(which),
      });
      swept.push({ which, figures });
    }
    const rungs = await climb(
      size.ladder,
      { seed: SEED, tenants: size.tenants, warmUpSeconds: size.warmUpSeconds },
      say,
    );
    const many = await manySessionsTable(SEED);
    const tenants = `${formatCount(size.tenants)} tenants ask ${size.queriesPerSecond} queries a second`;
    return {
      tables: [
        calibration,
        quotaTable(swept, tenants, quotaNotes()),
        servicesTable(swept, SERVICE_NOTES),
        many.table,
        ...(rungs.length === 0 ? [] : [ladderTable(rungs, LADDER_NOTES)]),
      ],
      budgets: budgetsOf(swept, many.partition),
    };
  },
};

function budgetsOf(swept: readonly Swept[], partitionOfMany: number): Budget[] {
  const advised = swept.filter(({ which }) => which.isAdvised === true).map(({ figures }) => figures);
  const failedRuns = advised.reduce((total, { failed }) => total + sum(failed), 0);
  const failedQueries = advised.reduce((total, { tenants }) => total + sum(tenants.failed), 0);
  const share = Math.max(...advised.flatMap((one) => OPERATIONS.map((operation) => meanShare(one, operation))));
  const partition = Math.max(partitionOfMany, ...swept.map(({ figures }) => partOfPartition(figures)));
  return [
    countBudget('runs that fail, set as advised', '0', formatCount(failedRuns), failedRuns === 0),
    countBudget("tenants' queries that fail beside them", '0', formatCount(failedQueries), failedQueries === 0),
    countBudget(
      "what runs take of the account's rates, set as advised, on average",
      'at most half',
      percent(share),
      share <= 0.5,
    ),
    countBudget(
      'the busiest partition key, up to 2,000 sessions ended by a run',
      'below its limits',
      percent(partition),
      partition < 1,
    ),
  ];
}

function countBudget(what: string, limit: string, measured: string, holds: boolean): Budget {
  return { what, limit, measured, holds, kind: 'count' };
}

function quotaNotes(): string[] {
  return [
    `All targets share one account and Region; ${targetsOfOneStack()} of them fill a stack of 500 resources. All schedules (rate(10 minutes)) have the same moment, the worst that there is. *within 1m* and *within 8m* are *runs.startWithin*: the schedule's input says how long each run waits, as it is deployed. *at once, 3 tries* is how it was without turns; *at once* has the tries of today. Advised are within 1m up to 100 targets, within 8m for 1,000.`,
    "ExecuteStatement, DescribeStatement, GetStatementResult: what runs took of the account's 30, 100 and 20 calls a second, on average over the sweep and in the busiest whole second. A second may have more than 100 %: what was saved up in the second before, and what came since.",
    'A throttled try is tried again as the SDK does (three tries for tenants); the simulated account throttles by a token bucket that holds one second. How much AWS lets through at once is not published.',
    `Assumed, in milliseconds: table ${ASSUMED.table}, Data API call ${ASSUMED.dataApi}, opening a session ${ASSUMED.connectLeast} to ${ASSUMED.connectMost}, invoking ${ASSUMED.invoke}, cold start ${ASSUMED.coldStart}, a tenant's statement ${ASSUMED.statementLeast} to ${ASSUMED.statementMost}, a statement of a run 5 to 1,600. ${SESSIONS} sessions of people per target.`,
    'Virtual time and one seed: the same figures in every run, on every machine.',
  ];
}

const SERVICE_NOTES = [
  'Published limits: state transitions 5,000 a second in us-east-1, us-west-2 and eu-west-1, 800 elsewhere; StartExecution 300 a second there, 150 elsewhere, after 1,300 and 800 at once (Step Functions guide, "Service quotas"); a partition 1,000 WCU and 3,000 RCU a second (DynamoDB guide, "Best practices for designing and using partition keys"); a new on-demand table 4,000 WCU and 12,000 RCU (DynamoDB guide, "On-demand capacity mode").',
  "WCU and RCU are counted by the items' sizes as DynamoDB does, both indexes included; tenants' and runs' together. (live) is the key in that index.",
];

const LADDER_NOTES = [
  "Each query is one ExecuteStatement and one GetStatementResult, so that the account's 20 of the latter a second are all that tenants can ever have, whatever else is done.",
  'It is measured for two minutes; a queue is longer at their end where more comes than gets through.',
];
