import type { Mutant } from './mutant.ts';

/** Faults in how a run looks, claims, ends and puts on record. */
export const REAPER_MUTANTS: readonly Mutant[] = [
  {
    name: 'the guard does not look at running statements (STV_INFLIGHT)',
    edits: [
      {
        file: 'src/backends/redshift-termination.ts',
        find: '  and s.process not in (select i.pid from stv_inflight i where i.pid is not null)\n',
        replace: '',
      },
    ],
  },
  {
    name: 'the guard does not look at running statements (STV_RECENTS)',
    edits: [
      {
        file: 'src/backends/redshift-termination.ts',
        find: `  and s.process not in (
    select r.pid from stv_recents r where r.pid is not null and coalesce(rtrim(r.status), '') <> 'Done'
  )
`,
        replace: '',
      },
    ],
  },
  {
    name: 'the identity has no start',
    edits: [
      {
        file: 'src/backends/victim-parameters.ts',
        find: `'@' || to_char(\${startedAt}, 'YYYYMMDDHH24MISS') || '@' || `,
        replace: `'@' || `,
      },
      {
        file: 'src/backends/victim-parameters.ts',
        find: `\`\${pid}@\${start}@\${user}\``,
        replace: `\`\${pid}@\${user}\``,
      },
    ],
  },
  {
    name: 'the statement is handed in before the claim',
    edits: [
      {
        file: 'src/reaper/submit-termination.ts',
        find: 'const victims = await claimPlanned(ports, run, target, round);',
        replace: `const plan = await ports.table.readPlan({ target: run.target, runId: run.id });
    const victims = plan.members.filter((member) => member.action === 'terminate');`,
      },
      {
        file: 'src/reaper/submit-termination.ts',
        find: 'return { submitted: true,',
        replace: 'await claimPlanned(ports, run, target, round);\n    return { submitted: true,',
      },
    ],
  },
  {
    name: 'a receipt counts for a later idle spell, too',
    edits: [
      {
        file: 'src/policy/judge-by-rule.ts',
        find: 'if (record === null || !isSameSpell(input)) {',
        replace: 'if (record === null) {',
      },
      {
        file: 'src/lifecycle/claim-refusal.ts',
        find: "if (record.lastActiveAt !== member.lastActiveAt || record.state === 'recovered') {",
        replace: "if (record.state === 'recovered') {",
      },
      {
        file: 'src/reaper/observe-changes.ts',
        find: 'return known && used && canRecover(record)',
        replace: 'return false && known && used && canRecover(record)',
      },
    ],
  },
  {
    name: "the platform's own sessions are nobody's",
    edits: [
      { file: 'src/policy/protections.ts', find: '!backend.system)', replace: 'true)' },
      { file: 'src/backends/redshift-termination.ts', find: "  and rtrim(s.user_name) <> 'rdsdb'\n", replace: '' },
    ],
  },
  {
    name: 'contradictory evidence counts as idle',
    edits: [
      {
        file: 'src/backends/read-redshift-snapshot.ts',
        find: 'if (isContradictory(row)) {',
        replace: 'if (row === null) {',
      },
    ],
  },
  {
    name: 'a plan past a cap is trimmed',
    edits: [
      {
        file: 'src/policy/check-caps.ts',
        find: 'if (findings.length === 0) {',
        replace: 'if (findings.length >= 0) {',
      },
      {
        file: 'src/reaper/claim-planned.ts',
        find: "const members = plan.members.filter((member) => member.action === 'terminate');",
        replace:
          "const members = plan.members.filter((member) => member.action === 'terminate').slice(0, target.caps.maxTerminations);",
      },
    ],
  },
  {
    name: 'the lock is not looked at before an end',
    edits: [{ file: 'src/reaper/require-run-lock.ts', find: 'if (!held) {', replace: 'if (held === null) {' }],
  },
  {
    name: 'an old answer about the lock is believed',
    edits: [{ file: 'src/reaper/require-run-lock.ts', find: '<= FRESH_MS', replace: '<= 60_000' }],
  },
  {
    name: 'the lock is taken from whoever has it',
    edits: [
      {
        file: 'src/session-table/memory-session-table.ts',
        find: "held.runId !== runId && held.expiresAt > utcInstant(now, 'now')) {",
        replace: 'held.runId === null) {',
      },
    ],
  },
  {
    name: 'the lock is not given back, and never expires',
    edits: [
      {
        file: 'src/reaper/begin-run.ts',
        find: 'config.runs.lockFor * 1000',
        replace: 'config.runs.lockFor * 1_000_000',
      },
    ],
  },
  {
    name: 'whoever was signalled is taken for gone',
    edits: [
      {
        file: 'src/reaper/decide-outcome.ts',
        find: 'if (seen === undefined) {',
        replace: 'if (seen === undefined || signalled === true) {',
      },
    ],
  },
  {
    name: 'who is gone since a run died is not put on record',
    edits: [
      {
        file: 'src/reaper/observe-changes.ts',
        find: "    case 'terminating':\n      return settleTermination(record, {",
        replace: "    case 'terminating':\n      return null;\n      return settleTermination(record, {",
      },
    ],
  },
  {
    name: 'a state without its event',
    edits: [
      {
        file: 'src/lifecycle/append-event.ts',
        find: 'const events = [...record.events, event];',
        replace: 'const events = [...record.events];',
      },
    ],
  },
  {
    name: 'a backend is written whatever its version',
    edits: [
      {
        file: 'src/session-table/memory-session-table.ts',
        find: 'if ((records.get(key)?.version ?? 0) !== record.version - 1) {',
        replace: 'if (records === null) {',
      },
    ],
  },
];
