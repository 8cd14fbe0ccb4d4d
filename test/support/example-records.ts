import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import type { ClientRecord } from '../../src/lifecycle/client-record.ts';
import type { Plan, PlanMember } from '../../src/policy/plan.ts';
import type { NoticeRecord } from '../../src/session-table/notice-record.ts';
import type { RunRecord } from '../../src/session-table/run-record.ts';

/** A dashboard left open since the morning: warned at 15:00, to be ended from 15:30 on. */
export function warnedDashboard(changes: Partial<BackendRecord> = {}): BackendRecord {
  return {
    identity: { target: 'analytics', pid: 1073, startedAt: '2026-11-20T09:12:44Z', user: 'bi_reader' },
    state: 'warned',
    version: 1,
    database: 'dev',
    application: 'Tableau',
    clientHost: '',
    lastActiveAt: '2026-11-20T13:58:02.123456Z',
    rule: 'dashboards',
    owner: 'bi-team@example.com',
    receipt: {
      messageId: '9b8f0e5e-4a3c-5d0e-8b1e-51bfd0c8a1f7',
      at: '2026-11-20T15:00:04.250Z',
      channel: 'sns',
      owner: 'bi-team@example.com',
      runId: 'run-1',
    },
    endsAt: '2026-11-20T15:30:04.250Z',
    claim: null,
    outcome: null,
    events: [
      {
        at: '2026-11-20T15:00:04.250Z',
        type: 'warned',
        by: 'run:run-1',
        detail: { idleSeconds: 3722, firstTime: true },
      },
    ],
    eventsDropped: 0,
    updatedAt: '2026-11-20T15:00:04.250Z',
    ...changes,
  };
}

/** A Tableau that came back three times within the hour. */
export function thrashingClient(changes: Partial<ClientRecord> = {}): ClientRecord {
  return {
    target: 'analytics',
    id: 'f00dfeed00000001',
    version: 1,
    user: 'bi_reader',
    application: 'Tableau',
    clientHost: '10.0.0.7',
    reconnects: 3,
    limit: 3,
    since: '2026-11-20T15:00:00.000Z',
    until: '2026-11-21T15:00:00.000Z',
    runId: 'run-1',
    told: { messageId: 'operator-message-1', channel: 'sns', at: '2026-11-20T15:00:01.000Z' },
    released: null,
    events: [
      { at: '2026-11-20T15:00:00.000Z', type: 'thrashing', by: 'run:run-1', detail: { reconnects: 3, limit: 3 } },
    ],
    ...changes,
  };
}

/** The dashboard's record with another pid and start: another backend. */
export function backendNumber(n: number): BackendRecord {
  const startedAt = new Date(Date.UTC(2026, 10, 20, 8) + n * 1000).toISOString().replace('.000Z', 'Z');
  return warnedDashboard({ identity: { target: 'analytics', pid: 2000 + n, startedAt, user: 'bi_reader' } });
}

export function runningRun(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    target: 'analytics',
    runId: 'run-1',
    startedAt: '2026-11-20T15:00:00.000Z',
    dryRun: false,
    execution: 'arn:aws:states:us-east-1:000000000000:execution:slotkeeper-test-reap-redshift-sessions:run-1',
    state: 'running',
    version: 1,
    planHash: null,
    counts: null,
    kept: { running: 3 },
    notices: { sent: 0, failed: 0 },
    outcomes: { gone: 0, 'already-gone': 0, 'busy-again': 0, denied: 0, 'still-there': 0 },
    unclaimed: {},
    eventsFailed: 0,
    error: null,
    finishedAt: null,
    ...changes,
  };
}

export function plannedNotice(changes: Partial<NoticeRecord> = {}): NoticeRecord {
  return {
    target: 'analytics',
    runId: 'run-1',
    noticeId: 'notice-1',
    owner: 'bi-team@example.com',
    state: 'planned',
    version: 1,
    messageId: null,
    channel: null,
    at: null,
    error: null,
    ...changes,
  };
}

/** A plan that warns about `size` backends, each told apart by its pid. */
export function warningPlan(size: number, hash = 'a'.repeat(64)): Plan {
  return {
    hash,
    target: 'analytics',
    takenAt: '2026-11-20T15:00:02.000000Z',
    counts: { backends: size + 3, keep: 3, warn: size, terminate: 0, recovered: 0 },
    kept: { running: 2, own: 1 },
    members: Array.from({ length: size }, (_, index) => warnedMember(index)),
  };
}

function warnedMember(index: number): PlanMember {
  const { identity, database, clientHost, lastActiveAt } = backendNumber(index);
  return {
    identity,
    action: 'warn',
    rule: 'dashboards',
    code: 'due-warning',
    reasons: [
      { clause: 'not running', measured: 'idle', limit: null, held: true },
      { clause: 'idle >= warnAfter', measured: 3720 + index, limit: 3600, held: true },
    ],
    owner: 'bi-team@example.com',
    endsAt: '2026-11-20T15:30:02.000Z',
    database,
    application: `Übersicht ${'x'.repeat(index % 200)}`,
    clientHost,
    activity: 'idle',
    lastActiveAt,
    idleSeconds: 3720 + index,
    noticeId: 'notice-1',
  };
}
