import type { FaultRuleInput } from '../../local/faults/fault-rule.ts';

/** One fault, and what a tenant's caller sees whose query meets it. */
export interface TenantFaultRow {
  readonly rule: FaultRuleInput;
  /** `errorType` of an invocation of `runQuery`; null: it gets its rows. */
  readonly error: string | null;
  /** Status of the HTTP API. */
  readonly status: number;
  /** How often the statement ran by the end. */
  readonly ran: 0 | 1;
  /** It takes the whole time of the function: both ways in are tried at once. */
  readonly slow?: true;
}

const EXECUTE = 'redshift-data.ExecuteStatement';
const THROTTLED = { type: 'ThrottlingException' };
const TOO_MUCH = { type: 'ProvisionedThroughputExceededException' };
const BROKEN = { type: 'InternalServerException', status: 500 };

const ANSWERED = { error: null, status: 200, ran: 1 } as const;
const FAILED = { error: 'StatementFailed', status: 409, ran: 0 } as const;
const EXHAUSTED = { error: 'PoolExhausted', status: 429, ran: 0 } as const;
const NO_TABLE = { error: 'TableThrottled', status: 503, ran: 0 } as const;

/** The rows of docs/faults.md on tenants' queries. */
export const TENANT_FAULT_TABLE: readonly TenantFaultRow[] = [
  { rule: { on: EXECUTE, error: THROTTLED }, ...ANSWERED },
  { rule: { on: EXECUTE, times: 'always', error: THROTTLED }, ...EXHAUSTED },
  { rule: { on: EXECUTE, error: { type: 'ActiveSessionsExceededException' } }, ...EXHAUSTED },
  { rule: { on: EXECUTE, error: { ...BROKEN, after: true } }, ...ANSWERED },
  { rule: { on: EXECUTE, times: 'always', error: BROKEN }, error: 'DataApiFailed', status: 503, ran: 0 },
  { rule: { on: EXECUTE, loseAnswer: true }, ...ANSWERED },
  { rule: { on: EXECUTE, delay: '1s' }, ...ANSWERED },
  { rule: { on: EXECUTE, hang: true }, error: 'Sandbox.Timedout', status: 500, ran: 0, slow: true },
  { rule: { on: EXECUTE, stayIn: 'STARTED' }, error: 'QueryTimedOut', status: 504, ran: 0 },
  { rule: { on: EXECUTE, fail: 'ERROR: out of memory' }, ...FAILED },
  { rule: { on: EXECUTE, abort: true }, ...FAILED },
  { rule: { on: EXECUTE, killBackend: true }, ...FAILED },
  { rule: { on: EXECUTE, closeSession: true }, ...ANSWERED },
  { rule: { on: EXECUTE, crashServer: 'before' }, ...ANSWERED },
  { rule: { on: EXECUTE, crashServer: 'under' }, ...FAILED },
  { rule: { on: EXECUTE, crash: 'after' }, error: 'Runtime.ExitError', status: 500, ran: 1 },
  { rule: { on: 'redshift-data.GetStatementResult', error: THROTTLED }, ...ANSWERED },
  {
    rule: { on: 'redshift-data.GetStatementResult', times: 'always', error: THROTTLED },
    error: 'DataApiFailed',
    status: 503,
    ran: 1,
  },
  { rule: { on: 'dynamodb.PutItem', error: { type: 'ConditionalCheckFailedException' } }, ...ANSWERED },
  { rule: { on: 'dynamodb.PutItem', error: TOO_MUCH }, ...ANSWERED },
  { rule: { on: 'dynamodb.PutItem', loseAnswer: true }, ...ANSWERED },
  { rule: { on: 'dynamodb.PutItem', times: 'always', error: TOO_MUCH }, ...NO_TABLE },
  { rule: { on: 'dynamodb.Query', times: 'always', error: TOO_MUCH }, ...NO_TABLE },
  { rule: { on: 'dynamodb.Query', times: 'always', staleIndex: true }, ...ANSWERED },
  {
    rule: { on: 'lambda.Invoke', crash: 'before' },
    error: 'Runtime.ExitError',
    status: 500,
    ran: 0,
  },
];
