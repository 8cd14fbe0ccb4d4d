import type { FaultRuleInput } from '../../local/faults/fault-rule.ts';

/** One fault, and what becomes of a run that meets it. */
export interface FaultRow {
  readonly rule: FaultRuleInput;
  /** With what the run fails; null: it goes through. */
  readonly error: string | null;
  /**
   * What has happened by its end to a session that is due without a word, and to one whose owner is to be told first. The
   * next run, without faults, does the rest in every case.
   */
  readonly due: 'untouched' | 'claimed' | 'ended';
  readonly told: boolean;
}

/** What a record says of a due session by the end of the run, signals left out. */
export const LIFE = {
  untouched: undefined,
  claimed: ['termination-claimed'],
  ended: ['termination-claimed', 'terminated'],
};

/** As ever: the run heals the fault by itself. */
const HEALED = { error: null, due: 'ended', told: true } as const;

/** The run ends before it has done anything. */
const before = (error: string) => ({ error, due: 'untouched', told: false }) as const;

/** The run ends between the claim and the look. */
const between = (error: string) => ({ error, due: 'claimed', told: true }) as const;

const THROTTLED = { type: 'ThrottlingException' };
const CRASHED = 'Runtime.ExitError';
const EXECUTE = 'redshift-data.ExecuteStatement';

/** The run goes through, but for the notice, which the next one sends. */
const UNTOLD = { error: null, due: 'ended', told: false } as const;

/** Calls of a run: its look at the sessions, the guarded statement, the look at what became of them. */
const STATEMENTS: readonly FaultRow[] = [
  { rule: { on: EXECUTE, times: 'always', error: THROTTLED }, ...before('DataApiFailed') },
  { rule: { on: EXECUTE, error: { type: 'InternalServerException', status: 500 } }, ...HEALED },
  { rule: { on: EXECUTE, error: { type: 'InternalServerException', status: 500, after: true } }, ...HEALED },
  { rule: { on: EXECUTE, delay: '1s' }, ...HEALED },
  { rule: { on: EXECUTE, stayIn: 'SUBMITTED' }, ...before('StatementTimedOut') },
  { rule: { on: EXECUTE, abort: true }, ...before('StatementAborted') },
  { rule: { on: EXECUTE, fail: 'ERROR: out of memory' }, ...before('StatementFailed') },
  { rule: { on: EXECUTE, killBackend: true }, ...before('StatementFailed') },
  { rule: { on: EXECUTE, closeSession: true }, ...HEALED },
  { rule: { on: EXECUTE, call: 2, times: 'always', error: THROTTLED }, ...between('DataApiFailed') },
  { rule: { on: EXECUTE, call: 2, loseAnswer: true }, ...HEALED },
  { rule: { on: EXECUTE, call: 2, crash: 'before' }, ...between(CRASHED) },
  { rule: { on: EXECUTE, call: 2, crash: 'after' }, ...between(CRASHED) },
  { rule: { on: EXECUTE, call: 2, delay: '10s' }, ...between('Sandbox.Timedout') },
  { rule: { on: EXECUTE, call: 2, hang: true }, ...between('Sandbox.Timedout') },
  { rule: { on: EXECUTE, call: 2, stayIn: 'PICKED' }, ...HEALED },
  { rule: { on: EXECUTE, call: 2, stayIn: 'STARTED' }, ...HEALED },
  { rule: { on: EXECUTE, call: 2, abort: true }, ...HEALED },
  { rule: { on: EXECUTE, call: 2, fail: 'ERROR: out of memory' }, ...HEALED },
  { rule: { on: EXECUTE, call: 2, killBackend: true }, ...HEALED },
  { rule: { on: EXECUTE, call: 3, stayIn: 'STARTED' }, ...between('StatementTimedOut') },
  { rule: { on: EXECUTE, call: 3, abort: true }, ...between('StatementAborted') },
  { rule: { on: EXECUTE, call: 3, killBackend: true }, ...between('StatementFailed') },
  { rule: { on: 'redshift-data.DescribeStatement', error: THROTTLED }, ...HEALED },
  { rule: { on: 'redshift-data.DescribeStatement', loseAnswer: true }, ...HEALED },
  { rule: { on: 'redshift-data.GetStatementResult', error: THROTTLED }, ...HEALED },
];

const TABLE: readonly FaultRow[] = [
  {
    rule: { on: 'dynamodb.PutItem', call: 5, error: { type: 'ConditionalCheckFailedException' } },
    ...before('VersionConflict'),
  },
  { rule: { on: 'dynamodb.PutItem', call: 5, error: { type: 'ProvisionedThroughputExceededException' } }, ...HEALED },
  {
    rule: { on: 'dynamodb.PutItem', call: 5, error: { type: 'InternalServerError', status: 500, after: true } },
    ...HEALED,
  },
  { rule: { on: 'dynamodb.PutItem', call: 5, loseAnswer: true }, ...HEALED },
  { rule: { on: 'dynamodb.PutItem', call: 5, delay: '1s' }, ...HEALED },
  { rule: { on: 'dynamodb.PutItem', call: 5, crash: 'after' }, ...before(CRASHED) },
  { rule: { on: 'dynamodb.PutItem', call: 5, hang: true }, ...before('Sandbox.Timedout') },
  {
    rule: { on: 'dynamodb.Query', times: 'always', error: { type: 'ProvisionedThroughputExceededException' } },
    ...before('TableThrottled'),
  },
  { rule: { on: 'dynamodb.Query', times: 'always', staleIndex: true }, ...HEALED },
];

const MESSAGES: readonly FaultRow[] = [
  { rule: { on: 'sns.Publish', error: { type: 'InternalError', status: 500 } }, ...HEALED },
  { rule: { on: 'sns.Publish', error: { type: 'Throttled', status: 429 } }, ...HEALED },
  { rule: { on: 'sns.Publish', times: 'always', error: { type: 'Throttled', status: 429 } }, ...UNTOLD },
  { rule: { on: 'sns.Publish', times: 'always', error: { type: 'AuthorizationError', status: 403 } }, ...UNTOLD },
  { rule: { on: 'sns.Publish', loseAnswer: true }, ...HEALED },
  { rule: { on: 'sns.Publish', crash: 'after' }, ...UNTOLD },
  { rule: { on: 'sns.Publish', hang: true }, ...UNTOLD },
  { rule: { on: 'events.PutEvents', times: 'always', error: { type: 'InternalException', status: 500 } }, ...HEALED },
];

const FUNCTIONS: readonly FaultRow[] = [
  { rule: { on: 'lambda.Invoke', function: 'beginRun', loseAnswer: true }, ...HEALED },
  { rule: { on: 'lambda.Invoke', function: 'publishNotice', loseAnswer: true }, ...HEALED },
  { rule: { on: 'lambda.Invoke', function: 'submitTermination', loseAnswer: true }, ...HEALED },
  { rule: { on: 'lambda.Invoke', function: 'recordOutcomes', loseAnswer: true }, ...HEALED },
  { rule: { on: 'lambda.Invoke', function: 'finishRun', loseAnswer: true }, ...HEALED },
  { rule: { on: 'lambda.Invoke', function: 'submitTermination', crash: 'after' }, ...between(CRASHED) },
  { rule: { on: 'lambda.Invoke', function: 'planActions', hang: true }, ...before('Sandbox.Timedout') },
  {
    rule: { on: 'lambda.Invoke', function: 'planActions', error: { type: 'TooManyRequestsException', status: 429 } },
    ...HEALED,
  },
  {
    rule: {
      on: 'lambda.Invoke',
      function: 'planActions',
      times: 'always',
      error: { type: 'ServiceException', status: 500 },
    },
    ...before('Lambda.ServiceException'),
  },
];

/** The rows of docs/faults.md on runs. */
export const FAULT_TABLE: readonly FaultRow[] = [...STATEMENTS, ...TABLE, ...MESSAGES, ...FUNCTIONS];

/** A crash of the whole server, which takes both sessions along: what is on record of them by the end of the next run. */
export interface CrashRow extends Omit<FaultRow, 'due'> {
  readonly due: 'untouched' | 'claimed' | 'ended';
  /** null: nothing is known of it, so nothing is told of its end. */
  readonly afterwards: { readonly due: 'already-gone' | 'gone' | null; readonly owner: 'gone' | null };
}

export const CRASH_TABLE: readonly CrashRow[] = [
  {
    rule: { on: EXECUTE, crashServer: 'before' },
    error: null,
    due: 'untouched',
    told: false,
    afterwards: { due: null, owner: null },
  },
  { rule: { on: EXECUTE, crashServer: 'under' }, ...before('StatementFailed'), afterwards: { due: null, owner: null } },
  {
    rule: { on: EXECUTE, call: 2, crashServer: 'before' },
    ...HEALED,
    afterwards: { due: 'already-gone', owner: 'gone' },
  },
  { rule: { on: EXECUTE, call: 2, crashServer: 'under' }, ...HEALED, afterwards: { due: 'gone', owner: 'gone' } },
  {
    rule: { on: EXECUTE, call: 3, crashServer: 'under' },
    ...between('StatementFailed'),
    afterwards: { due: 'gone', owner: 'gone' },
  },
  {
    rule: { on: 'dynamodb.PutItem', call: 5, crashServer: 'after' },
    ...HEALED,
    afterwards: { due: 'already-gone', owner: 'gone' },
  },
];
