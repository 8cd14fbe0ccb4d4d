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

/** As ever: the run heals the fault by itself. */
const HEALED = { error: null, due: 'ended', told: true } as const;

/** The run ends before it has done anything. */
const before = (error: string) => ({ error, due: 'untouched', told: false }) as const;

/** The run ends between the claim and the look. */
const between = (error: string) => ({ error, due: 'claimed', told: true }) as const;

const THROTTLED = { type: 'ThrottlingException' };
const CRASHED = 'Runtime.ExitError';

/** The rows of docs/faults.md. */
export const FAULT_TABLE: readonly FaultRow[] = [
  { rule: { on: 'redshift-data.ExecuteStatement', times: 'always', error: THROTTLED }, ...before('DataApiFailed') },
  {
    rule: { on: 'redshift-data.ExecuteStatement', error: { type: 'InternalServerException', status: 500 } },
    ...HEALED,
  },
  {
    rule: {
      on: 'redshift-data.ExecuteStatement',
      error: { type: 'InternalServerException', status: 500, after: true },
    },
    ...HEALED,
  },
  { rule: { on: 'redshift-data.ExecuteStatement', call: 2, loseAnswer: true }, ...HEALED },
  { rule: { on: 'redshift-data.ExecuteStatement', call: 2, crash: 'before' }, ...between(CRASHED) },
  { rule: { on: 'redshift-data.ExecuteStatement', call: 2, crash: 'after' }, ...between(CRASHED) },
  { rule: { on: 'redshift-data.ExecuteStatement', stayIn: 'SUBMITTED' }, ...before('StatementTimedOut') },
  { rule: { on: 'redshift-data.ExecuteStatement', abort: true }, ...before('StatementAborted') },
  { rule: { on: 'redshift-data.ExecuteStatement', fail: 'ERROR: out of memory' }, ...before('StatementFailed') },
  { rule: { on: 'redshift-data.ExecuteStatement', call: 2, fail: 'ERROR: out of memory' }, ...HEALED },
  { rule: { on: 'redshift-data.ExecuteStatement', call: 2, killBackend: true }, ...HEALED },
  { rule: { on: 'redshift-data.ExecuteStatement', closeSession: true }, ...HEALED },
  { rule: { on: 'redshift-data.DescribeStatement', error: THROTTLED }, ...HEALED },
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
  { rule: { on: 'dynamodb.PutItem', call: 5, crash: 'after' }, ...before(CRASHED) },
  { rule: { on: 'dynamodb.PutItem', call: 5, hang: true }, ...before('Sandbox.Timedout') },
  { rule: { on: 'dynamodb.Query', times: 'always', staleIndex: true }, ...HEALED },
  { rule: { on: 'sns.Publish', error: { type: 'InternalError', status: 500 } }, ...HEALED },
  { rule: { on: 'sns.Publish', loseAnswer: true }, ...HEALED },
  {
    rule: { on: 'sns.Publish', times: 'always', error: { type: 'AuthorizationError', status: 403 } },
    error: null,
    due: 'ended',
    told: false,
  },
  {
    rule: { on: 'events.PutEvents', times: 'always', error: { type: 'InternalException', status: 500 } },
    ...HEALED,
  },
  { rule: { on: 'lambda.Invoke', function: 'submitTermination', crash: 'after' }, ...between(CRASHED) },
  {
    rule: { on: 'lambda.Invoke', function: 'planActions', error: { type: 'TooManyRequestsException', status: 429 } },
    ...HEALED,
  },
];
