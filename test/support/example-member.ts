import type { PlanMember } from '../../src/policy/plan.ts';

/** A dashboard that a plan acts on: idle since 13:58:02, its session open since 09:12:44. */
export function dashboardMember(changes: Partial<PlanMember> = {}): PlanMember {
  return {
    identity: { target: 'analytics', pid: 1073, startedAt: '2026-11-20T09:12:44Z', user: 'bi_reader' },
    action: 'warn',
    rule: 'dashboards',
    code: 'due-warning',
    reasons: [{ clause: 'idle >= warnAfter', measured: 3720, limit: 3600, held: true }],
    owner: 'bi-team@example.com',
    endsAt: '2026-11-20T15:30:02.000Z',
    database: 'dev',
    application: 'Tableau',
    clientHost: '10.0.0.7',
    activity: 'idle',
    lastActiveAt: '2026-11-20T13:58:02.123456Z',
    idleSeconds: 3720,
    noticeId: 'notice-1',
    ...changes,
  };
}
