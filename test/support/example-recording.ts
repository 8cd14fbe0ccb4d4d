import type { Recording } from '../../src/replay/recording.ts';
import { idleBackend, snapshotOf } from '../policy/policy-examples.ts';
import { warnedDashboard } from './example-records.ts';

/** What a plan for so many idle backends was made of. */
export function exampleRecording(size: number): Recording {
  const backends = Array.from({ length: size }, (_, n) =>
    idleBackend(60 * n, {
      identity: { target: 'analytics', pid: 1000 + n, startedAt: '2026-11-20T05:12:44Z', user: `user_${n}` },
    }),
  );
  return {
    target: 'analytics',
    now: '2026-11-20T15:00:02.000Z',
    policyHash: 'a'.repeat(64),
    planHash: 'b'.repeat(64),
    acts: true,
    snapshot: snapshotOf(backends, { target: 'analytics' }),
    records: [warnedDashboard({ events: [] })],
    standings: backends.slice(0, 1).map(({ identity }) => ({ identity, standing: { kind: 'orphan' } })),
  };
}
