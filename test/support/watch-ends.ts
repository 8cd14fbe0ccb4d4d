import { type ReaperWorld, TARGET } from './reaper-world.ts';

const GRACE_MS = 900_000;

/** Watches every end: it must have been claimed, after a receipt as old as the grace, and nothing has run since. */
export function watchEnds({ redshift, table, clock }: ReaperWorld): {
  wrong: string[];
  count(): number;
  settle(): Promise<void>;
} {
  const wrong: string[] = [];
  const checks: Promise<void>[] = [];
  redshift.onEnd(({ pid, user, startedAt, running, lastActiveAt }) => {
    const now = clock.now().getTime();
    const identity = { target: TARGET, pid, user, startedAt: startedAt.toISOString().replace('.000Z', 'Z') };
    checks.push(
      table.readBackends([identity]).then(([record]) => {
        const receiptAge = now - Date.parse(record?.receipt?.at ?? new Date(now).toISOString());
        const warned = receiptAge >= GRACE_MS || user.startsWith('scratch');
        const sameSpell = Date.parse(record?.lastActiveAt ?? '') === lastActiveAt.getTime();
        const claimed = record?.state === 'terminating';
        if (!warned || !sameSpell || !claimed || running) {
          wrong.push(`${pid}: ${JSON.stringify({ warned, sameSpell, claimed, running })}`);
        }
      }),
    );
  });
  return { wrong, count: () => checks.length, settle: async () => void (await Promise.all(checks)) };
}
