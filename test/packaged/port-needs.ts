import type { SessionPoolTable } from '../../src/pool/session-pool-table.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';

/** What a command of the table's port asks of DynamoDB: action, index where there is one, kind of partition key. */
export type TableNeed =
  `${'BatchGetItem' | 'DeleteItem' | 'GetItem' | 'PutItem' | 'Query'}${'' | '@live' | '@history'} ${'TARGET' | 'SNOOZES' | 'TENANT' | 'POOL' | 'POOLED'}`;

/** Commands of the session table; the contract suite on a real DynamoDB API holds this against what the adapter sends. */
export const TABLE_NEEDS = {
  readBackends: ['BatchGetItem TARGET'],
  listLiveBackends: ['Query@live TARGET'],
  listBackends: ['BatchGetItem TARGET', 'Query TARGET', 'Query@history TARGET'],
  saveBackend: ['PutItem TARGET'],
  takeRunLock: ['GetItem TARGET', 'PutItem TARGET'],
  holdsRunLock: ['GetItem TARGET'],
  releaseRunLock: ['DeleteItem TARGET'],
  readRunLock: ['GetItem TARGET'],
  readRun: ['GetItem TARGET'],
  saveRun: ['PutItem TARGET'],
  listRuns: ['Query TARGET'],
  savePlan: ['GetItem TARGET', 'PutItem TARGET'],
  readPlan: ['BatchGetItem TARGET', 'GetItem TARGET'],
  saveRecording: ['PutItem TARGET'],
  readRecording: ['BatchGetItem TARGET', 'GetItem TARGET'],
  readNotice: ['GetItem TARGET'],
  saveNotice: ['PutItem TARGET'],
  listNotices: ['Query TARGET'],
  listClients: ['Query TARGET'],
  saveClient: ['PutItem TARGET'],
  readSnoozeCount: ['GetItem SNOOZES'],
  saveSnoozeCount: ['PutItem SNOOZES'],
  readOwnerMail: ['GetItem TARGET'],
  saveOwnerMail: ['PutItem TARGET'],
  readReaperSession: ['GetItem TARGET'],
  saveReaperSession: ['PutItem TARGET'],
  readSchedule: ['GetItem TARGET'],
  saveSchedule: ['PutItem TARGET'],
} as const satisfies Record<keyof SessionTable, readonly TableNeed[]>;

/** The same of the pool's part of the table. */
export const POOL_TABLE_NEEDS = {
  readPool: ['Query TENANT'],
  readSession: ['GetItem TENANT'],
  saveSession: ['PutItem TENANT'],
  listLiveSessions: ['Query@live POOLED'],
  joinLine: ['PutItem TENANT'],
  leaveLine: ['DeleteItem TENANT'],
  readTargetSlots: ['Query POOL'],
  claimTargetSlot: ['PutItem POOL'],
  releaseTargetSlot: ['DeleteItem POOL'],
} as const satisfies Record<keyof SessionPoolTable, readonly TableNeed[]>;
