import type { Backend } from '../../src/backends/backend.ts';
import type { Snapshot } from '../../src/backends/snapshot.ts';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import type { JudgeInput } from '../../src/policy/judge.ts';
import { NO_PRESSURE } from '../../src/policy/pressure-policy.ts';
import type { Rule } from '../../src/policy/rule.ts';

/** The server's clock at the snapshot of the examples. */
export const TAKEN_AT = '2026-11-20T15:00:00.000000Z';
/** Slotkeeper's clock: two seconds ahead. */
export const NOW = new Date('2026-11-20T15:00:02.000Z');

export function secondsBefore(seconds: number, moment = NOW): string {
  return new Date(moment.getTime() - seconds * 1000).toISOString();
}

/** A dashboard left open, idle for that many seconds. */
export function idleBackend(idleSeconds: number, changes: Partial<Backend> = {}): Backend {
  return {
    identity: { target: 'prod', pid: 1073, startedAt: '2026-11-20T05:12:44Z', user: 'bi_reader' },
    database: 'dev',
    application: 'Tableau',
    clientHost: '10.1.2.3',
    activity: 'idle',
    lastActiveAt: secondsBefore(idleSeconds, new Date(TAKEN_AT)),
    idleSeconds,
    own: false,
    system: false,
    superuser: false,
    serverTimeoutSeconds: 0,
    tempTables: false,
    evidence: { confidence: 'high', sources: ['STV_SESSIONS', 'SVL_STATEMENTTEXT'] },
    ...changes,
  };
}

export function snapshotOf(backends: readonly Backend[], changes: Partial<Snapshot> = {}): Snapshot {
  const canary = { seesEveryone: true, mayEndOthers: true, ownPid: 1, ownSessionSeen: true };
  return { target: 'prod', takenAt: TAKEN_AT, canary, backends, ...changes };
}

/** Warn after half an hour, end after one, a quarter of an hour of grace. */
export function exampleRule(changes: Partial<Rule> = {}): Rule {
  return {
    name: 'everyone-else',
    match: {},
    keep: false,
    warnAfter: 1800,
    terminateAfter: 3600,
    grace: 900,
    notice: 'owner',
    owner: null,
    ...changes,
  };
}

/** The table's record of a backend whose owner was told that many seconds ago, in this very idle spell. */
export function warnedRecord(
  backend: Backend,
  secondsAgo: number,
  changes: Partial<BackendRecord> = {},
): BackendRecord {
  return {
    identity: backend.identity,
    state: 'warned',
    version: 1,
    database: backend.database,
    application: backend.application,
    clientHost: backend.clientHost,
    lastActiveAt: backend.lastActiveAt,
    rule: 'everyone-else',
    owner: 'team@example.com',
    receipt: {
      messageId: 'm-1',
      at: secondsBefore(secondsAgo),
      channel: 'sns',
      owner: 'team@example.com',
      runId: 'run-1',
    },
    // Announced, and over.
    endsAt: secondsBefore(0),
    claim: null,
    outcome: null,
    events: [],
    eventsDropped: 0,
    updatedAt: secondsBefore(secondsAgo),
    ...changes,
  };
}

export function judgeInput(backends: readonly Backend[], changes: Partial<JudgeInput> = {}): JudgeInput {
  return {
    snapshot: snapshotOf(backends),
    records: [],
    standings: new Map(),
    slots: { limit: 100, reserved: 0, keepFree: 0 },
    pressure: NO_PRESSURE,
    rules: [exampleRule()],
    ownerOf: () => ({ owner: 'team@example.com', by: 'default' }),
    now: NOW,
    ...changes,
  };
}
