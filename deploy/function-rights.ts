import { snoozeCountKey, targetPartition } from '../src/session-table/item-keys.ts';
import { livePoolPartition, targetSlotsPartition } from '../src/session-table/pool-item-keys.ts';

/** What a function does to items of the session table. */
export type TableAction = 'BatchGetItem' | 'DeleteItem' | 'GetItem' | 'PutItem' | 'Query';

/** Kinds of items, as patterns of their partition key; the functions of `src/session-table` make them. */
export const KEYS = {
  target: targetPartition('*'),
  snoozes: snoozeCountKey({ owner: '*', day: '' }).pk,
  tenant: 'TENANT#*',
  slots: targetSlotsPartition('*'),
  livePool: livePoolPartition('*'),
} as const;

/** What the code of a function may do, beside its own log and trace. */
export interface FunctionRights {
  readonly table: readonly TableAction[];
  readonly keys: readonly (keyof typeof KEYS)[];
  /** Whose items it looks for by the sparse index. */
  readonly live?: readonly ('target' | 'livePool')[];
  readonly publishes?: 'owners' | 'operators';
  /** Whether it reads who has subscribed to the owners' topic. */
  readonly readsSubscriptions?: true;
  readonly publishesEvents?: true;
  readonly readsSnoozeKey?: true;
}

const OWN_ITEMS = { table: ['GetItem', 'PutItem'], keys: ['target'] } as const;
const OWN_PLAN = { table: ['BatchGetItem', 'GetItem', 'PutItem'], keys: ['target'] } as const;
const END_OF_RUN = {
  table: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'],
  keys: ['target'],
  publishes: 'operators',
  publishesEvents: true,
} as const;

/** The functions of a run that speak to the Data API, and so share a role; see decision 0001. */
export const DATA_API_FUNCTIONS = {
  submitSessionQuery: OWN_ITEMS,
  planActions: {
    table: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'],
    keys: ['target', 'snoozes', 'tenant', 'slots'],
    live: ['target', 'livePool'],
    publishes: 'operators',
    publishesEvents: true,
  },
  submitTermination: {
    table: ['BatchGetItem', 'GetItem', 'PutItem', 'Query'],
    keys: ['target', 'tenant'],
    live: ['livePool'],
  },
  submitOutcomeQuery: OWN_ITEMS,
  recordOutcomes: {
    table: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem'],
    keys: ['target', 'tenant', 'slots'],
  },
  // It asks why a statement failed.
  failRun: END_OF_RUN,
} as const satisfies Record<string, FunctionRights>;

/** The functions of a run of any engine that speak to no server. */
export const PLAIN_FUNCTIONS = {
  beginRun: { table: ['GetItem', 'PutItem', 'Query'], keys: ['target'] },
  publishNotice: { ...OWN_PLAN, publishes: 'owners', readsSubscriptions: true, readsSnoozeKey: true },
  recordNotice: OWN_PLAN,
  recordNoticeFailure: OWN_ITEMS,
  finishRun: END_OF_RUN,
} as const satisfies Record<string, FunctionRights>;

/** The functions that connect to PostgreSQL servers. */
export const POSTGRES_FUNCTIONS = {
  planPostgresActions: {
    table: ['BatchGetItem', 'GetItem', 'PutItem', 'Query'],
    keys: ['target', 'snoozes'],
    live: ['target', 'livePool'],
    publishes: 'operators',
    publishesEvents: true,
  },
  endPostgresSessions: { ...OWN_PLAN, live: ['livePool'] },
  recordPostgresOutcomes: OWN_PLAN,
} as const satisfies Record<string, FunctionRights>;

/** Of the function that anybody may call: it keeps sessions, and can do nothing else. */
export const SNOOZE_RIGHTS: FunctionRights = {
  table: ['BatchGetItem', 'GetItem', 'PutItem'],
  keys: ['target', 'snoozes'],
  publishesEvents: true,
  readsSnoozeKey: true,
};

/** Of the functions of tenants' queries, which share a role; see decision 0010. */
export const TENANT_RIGHTS: FunctionRights = {
  table: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
  keys: ['tenant', 'slots'],
  live: ['livePool'],
};

export const TENANT_FUNCTIONS = ['runQuery', 'releaseSession', 'sweepPools'] as const;

/** The same behind the HTTP API, where that is on. */
export const API_FUNCTION = 'queryOverHttp';
