import { type ReaperWorld, TARGET } from './reaper-world.ts';

/** Watches every end: it must have been claimed, after a receipt as old as its rule's grace, and nothing has run since. */
export function watchEnds({ redshift, table, clock, config }: ReaperWorld): {
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
        const rule = config.targets[TARGET]?.rules.find(({ name }) => name === record?.rule);
        const told = Date.parse(record?.receipt?.at ?? 'never');
        const warned = rule?.notice === 'none' || now - told >= (rule?.grace ?? Number.NaN) * 1000;
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
