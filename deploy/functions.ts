import { getAtt, ref } from './cloudformation.ts';
import {
  API_FUNCTION,
  DATA_API_FUNCTIONS,
  PLAIN_FUNCTIONS,
  POSTGRES_FUNCTIONS,
  TENANT_FUNCTIONS,
} from './function-rights.ts';
import { roleOf } from './roles.ts';
import type { StackParts } from './stack-parts.ts';

/** A function as the framework takes it. Times in seconds, memory in MB. */
export interface FunctionEntry {
  readonly handler: string;
  readonly name: string;
  readonly role: string;
  readonly timeout: number;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly memorySize?: number;
  readonly [more: string]: unknown;
}

/** Seconds that a function may take; the state machine gives up at the same time. */
const TIMEOUTS: Readonly<Record<string, number>> = {
  planActions: 120,
  recordNotice: 120,
  submitTermination: 120,
  recordOutcomes: 120,
  planPostgresActions: 120,
  endPostgresSessions: 120,
  recordPostgresOutcomes: 120,
  finishRun: 120,
  failRun: 120,
  runQuery: 300,
  // API Gateway gives up after 30 s.
  queryOverHttp: 29,
  sweepPools: 120,
  snoozeSession: 20,
};
const TIMEOUT = 60;

/** MB of the functions that hold whole snapshots: 2,000 sessions with their evidence. */
const LARGE = 1_024;
const LARGE_FUNCTIONS = ['planActions', 'recordOutcomes', 'planPostgresActions', 'recordPostgresOutcomes'];

/** The functions that this stack needs, by their keys. */
export function functions(parts: StackParts): Record<string, FunctionEntry> {
  const { names, has } = parts;
  const entry = (key: string, role: string, more: Readonly<Record<string, unknown>> = {}) => {
    const environment = { ...baseEnvironment(parts), ...((more['environment'] as object | undefined) ?? {}) };
    return {
      handler: `functions/${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.handler`,
      name: names.functionName(key),
      role,
      timeout: TIMEOUTS[key] ?? TIMEOUT,
      ...(LARGE_FUNCTIONS.includes(key) ? { memorySize: LARGE } : {}),
      ...more,
      environment,
    };
  };
  const step = (key: string, role: string, more: Readonly<Record<string, unknown>> = {}) => {
    const environment = { ...TOPICS, ...(key === 'publishNotice' && has.snooze ? LINKS : {}) };
    return [key, entry(key, role, { ...more, environment })] as const;
  };
  const vpc = parts.vpc === null ? {} : { vpc: parts.vpc };
  return Object.fromEntries([
    ...Object.keys(PLAIN_FUNCTIONS).map((key) => step(key, roleOf(key))),
    ...(has.dataApi
      ? Object.keys(DATA_API_FUNCTIONS).map((key) => step(key, 'ReaperRole'))
      : [step('failRun', roleOf('failRun'))]),
    ...(has.postgres ? Object.keys(POSTGRES_FUNCTIONS).map((key) => step(key, roleOf(key), vpc)) : []),
    ...(has.pool
      ? TENANT_FUNCTIONS.map((key) => [key, entry(key, 'TenantQueryRole', asynchronous(key))] as const)
      : []),
    ...(parts.api === null ? [] : [[API_FUNCTION, entry(API_FUNCTION, 'TenantQueryRole')] as const]),
    ...(has.snooze ? [['snoozeSession', entry('snoozeSession', roleOf('snoozeSession'), SNOOZE)] as const] : []),
  ]);
}

const baseEnvironment = ({ config }: StackParts) => ({
  SLOTKEEPER_CONFIG: `./${config}`,
  SLOTKEEPER_TABLE: ref('SessionTable'),
  NODE_OPTIONS: '--enable-source-maps',
});

const TOPICS = {
  SLOTKEEPER_OWNERS_TOPIC_ARN: ref('OwnersTopic'),
  SLOTKEEPER_OPERATORS_TOPIC_ARN: ref('OperatorsTopic'),
};

const KEY = { SLOTKEEPER_SNOOZE_SECRET_ARN: ref('SnoozeKey') };

const LINKS = { SLOTKEEPER_SNOOZE_URL: getAtt('SnoozeSessionLambdaFunctionUrl', 'FunctionUrl'), ...KEY };

/**
 * Links of the owners' notices lead to it. Anybody may call it: a link carries its own proof, and without one nothing is
 * done. Few at once, so that a flood of requests costs little and takes nothing from the runs.
 */
const SNOOZE = { reservedConcurrency: 5, url: true, environment: KEY };

/** Functions that events call: what they failed at twice more goes to the dead letters. */
function asynchronous(key: (typeof TENANT_FUNCTIONS)[number]): Readonly<Record<string, unknown>> {
  return key === 'runQuery'
    ? {}
    : {
        maximumRetryAttempts: 2,
        maximumEventAge: 3_600,
        destinations: { onFailure: { type: 'sqs', arn: getAtt('DeadLetters', 'Arn') } },
      };
}
