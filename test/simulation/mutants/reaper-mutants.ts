import type { Mutant } from './mutant.ts';

/** Faults in how a run looks, decides, tells and ends. */
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
        file: 'src/backends/redshift-termination.ts',
        find: `'@' || to_char(s.starttime, 'YYYYMMDDHH24MISS') || '@' || "`,
        replace: `'@' || "`,
      },
      {
        file: 'src/backends/victim-parameters.ts',
        find: `\`|\${pid}@\${start}@`,
        replace: `\`|\${pid}@`,
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
    name: 'the grace is not waited for',
    edits: [
      {
        file: 'src/lifecycle/claim-refusal.ts',
        find: 'if (isAnnouncedLater(record, member, at)) {',
        replace: 'if (record === undefined) {',
      },
      {
        file: 'src/policy/judge-by-rule.ts',
        find: 'if (announced !== null) {',
        replace: 'if (announced === undefined) {',
      },
      { file: 'src/policy/judge-by-rule.ts', find: 'if (!grace.held) {', replace: 'if (grace === null) {' },
      {
        file: 'src/lifecycle/claim-refusal.ts',
        find: "return Date.parse(at) - Date.parse(record.receipt.at) >= grace * 1000 ? null : 'grace-not-over';",
        replace: 'return null;',
      },
    ],
  },
  {
    name: 'the idle time before an end is not looked at',
    edits: [
      {
        file: 'src/policy/judge-by-rule.ts',
        find: 'if (announced !== null) {',
        replace: 'if (announced === undefined) {',
      },
      { file: 'src/policy/judge-by-rule.ts', find: '  return idle.held\n', replace: '  return idle !== null\n' },
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
    name: 'nobody has to be told',
    edits: [
      {
        file: 'src/policy/judge-by-rule.ts',
        find: "return rule.notice === 'none' ? judgeUnannounced(input) : judgeAnnounced(input);",
        replace: 'return judgeUnannounced(input);',
      },
      { file: 'src/lifecycle/claim-refusal.ts', find: 'if (grace === null) {', replace: 'if (grace !== undefined) {' },
    ],
  },
  {
    name: 'a snooze that comes after the plan is not looked at',
    edits: [
      {
        file: 'src/lifecycle/claim-refusal.ts',
        find: "if (record?.state === 'snoozed' && (record.endsAt",
        replace: "if (record?.state === 'asleep' && (record.endsAt",
      },
    ],
  },
  {
    name: 'a snooze is not looked at when it is judged, nor at its claim',
    edits: [
      {
        file: 'src/policy/judge-by-rule.ts',
        find: "if (record?.state === 'snoozed' && isSameSpell(input) && isBefore(now, record.endsAt)) {",
        replace: "if (record?.state === 'asleep') {",
      },
      {
        file: 'src/lifecycle/claim-refusal.ts',
        find: "if (record?.state === 'snoozed' && (record.endsAt",
        replace: "if (record?.state === 'asleep' && (record.endsAt",
      },
    ],
  },
  {
    name: 'snoozes of an owner are not counted',
    edits: [
      {
        file: 'src/reaper/snooze/snooze-allowance.ts',
        find: '(before < limit ? before + 1 : null)',
        replace: 'before + 1',
      },
    ],
  },
  {
    name: 'no canary',
    edits: [
      { file: 'src/policy/check-canary.ts', find: 'if (!canary.seesEveryone) {', replace: 'if (canary === null) {' },
    ],
  },
  {
    name: 'rules that keep end all the same',
    edits: [{ file: 'src/policy/judge-by-rule.ts', find: 'if (rule.keep) {', replace: 'if (rule === null) {' }],
  },
  {
    name: 'superusers are nobody special',
    edits: [{ file: 'src/policy/judge.ts', find: 'if (!named.held) {', replace: 'if (named === null) {' }],
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
    name: 'no caps',
    edits: [
      {
        file: 'src/policy/check-caps.ts',
        find: 'if (findings.length === 0) {',
        replace: 'if (findings.length >= 0) {',
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
    name: 'messages to an owner are not counted',
    edits: [
      {
        file: 'src/notices/decide-mail.ts',
        find: 'return kept.length < rate.messages || blocking === undefined',
        replace: 'return kept.length >= 0 || blocking === undefined',
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
