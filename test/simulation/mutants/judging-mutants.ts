import type { Mutant } from './mutant.ts';

/** Faults in who is judged to be due, told and kept. */
export const JUDGING_MUTANTS: readonly Mutant[] = [
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
    name: 'messages to an owner are not counted',
    edits: [
      {
        file: 'src/notices/decide-mail.ts',
        find: 'return kept.length < rate.messages || blocking === undefined',
        replace: 'return kept.length >= 0 || blocking === undefined',
      },
    ],
  },
];
