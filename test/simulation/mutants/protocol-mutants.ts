import type { Mutant } from './mutant.ts';

/** Faults in what a run is asked for, tells, measures and leaves behind. */
export const PROTOCOL_MUTANTS: readonly Mutant[] = [
  {
    name: 'the state machine goes on after the plan of a dry run',
    edits: [
      {
        file: 'state-machines/reap-redshift-sessions.asl.json',
        find: '          "BooleanEquals": true,\n          "Next": "FinishRun"\n        }\n      ],\n      "Default": "HasNotices"',
        replace:
          '          "BooleanEquals": true,\n          "Next": "HasNotices"\n        }\n      ],\n      "Default": "HasNotices"',
      },
    ],
  },
  {
    name: 'a dry run records what it sees',
    edits: [
      {
        file: 'src/reaper/plan-actions.ts',
        find: 'if (!run.dryRun) {\n      eventsFailed +=',
        replace: 'if (run !== null) {\n      eventsFailed +=',
      },
    ],
  },
  {
    name: 'an applied plan ends whoever else is due',
    edits: [
      {
        file: 'src/reaper/approve-plan.ts',
        find: 'return restrictVerdicts(verdicts, approved);',
        replace: 'return verdicts;',
      },
    ],
  },
  {
    name: 'a plan is applied however old',
    edits: [{ file: 'src/reaper/approve-plan.ts', find: 'if (age > validFor) {', replace: 'if (age === null) {' }],
  },
  {
    name: 'an applied plan is not held against a new look',
    edits: [
      { file: 'src/reaper/approve-plan.ts', find: 'if (changes.length > 0) {', replace: 'if (changes.length < 0) {' },
      {
        file: 'src/reaper/approve-plan.ts',
        find: 'return restrictVerdicts(verdicts, approved);',
        replace: `const approvedAs = new Map(approved.members.map((one) => [JSON.stringify(one.identity), one.action]));
  return verdicts.map((one) => {
    const action = approvedAs.get(JSON.stringify(one.backend.identity)) ?? ('keep' as const);
    const rule = one.rule ?? approved.members.find(({ identity }) => identity.pid === one.backend.identity.pid)?.rule ?? null;
    return { ...one, rule, action };
  });`,
      },
    ],
  },
  {
    name: 'an announced end does not hold where its rule became stricter',
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
    ],
  },
  {
    name: 'a message that was refused counts as sent',
    edits: [
      {
        file: 'src/reaper/mail-owner.ts',
        find: 'await put(decision.kept, reserved.version + 1);',
        replace: "return { messageId: 'none', channel: 'sns', at: now().toISOString() };",
      },
    ],
  },
  {
    name: 'a receipt is stored for backends that its message does not name',
    edits: [
      {
        file: 'src/reaper/record-notice.ts',
        find: 'const members = membersOfNotice(await requirePlan(table, run), noticeId);',
        replace: 'const { members } = (await requirePlan(table, run)) ?? membersOfNotice;',
      },
    ],
  },
  {
    name: 'an earlier message counts for whatever is told now',
    edits: [
      {
        file: 'src/notices/decide-mail.ts',
        find: 'sent !== null && content === notice.content);',
        replace: 'sent !== null && content !== null);',
      },
    ],
  },
  {
    name: 'a message goes out before it is put down',
    edits: [
      {
        file: 'src/reaper/mail-owner.ts',
        find: 'const reserved = await put([...decision.kept, entry], (known?.version ?? 0) + 1);',
        replace: 'const reserved = { version: known?.version ?? 0 };',
      },
    ],
  },
  {
    name: 'a message does not count until it is proven',
    edits: [
      {
        file: 'src/notices/decide-mail.ts',
        find: 'messages.filter((entry) => countsFrom(entry) > since);',
        replace: 'messages.filter((entry) => entry.sent !== null && countsFrom(entry) > since);',
      },
    ],
  },
  {
    name: 'the share of all backends is no cap',
    edits: [
      {
        file: 'src/policy/check-caps.ts',
        find: 'held: terminate <= maxShare * backends + ROUNDING,',
        replace: 'held: true,',
      },
    ],
  },
  {
    name: 'the number of ends is no cap',
    edits: [{ file: 'src/policy/check-caps.ts', find: 'held: terminate <= maxTerminations,', replace: 'held: true,' }],
  },
  {
    name: 'the identity has no pid',
    edits: [
      {
        file: 'src/backends/victim-parameters.ts',
        find: `cast(\${pid} as varchar(12)) || '@' || to_char`,
        replace: 'to_char',
      },
      {
        file: 'src/backends/victim-parameters.ts',
        find: `\`\${pid}@\${start}@\${user}\``,
        replace: `\`\${start}@\${user}\``,
      },
    ],
  },
  {
    name: 'a statement that failed has signalled nobody',
    edits: [
      {
        file: 'src/reaper/read-termination.ts',
        find: 'return { status, signalled: null,',
        replace: 'return { status, signalled: new Set(),',
      },
    ],
  },
  {
    name: 'what a statement of an earlier round did before it failed is forgotten',
    edits: [
      {
        file: 'src/reaper/record-outcomes.ts',
        find: 'return effect.signalled === false && number > 0 ?',
        replace: 'return number < 0 ?',
      },
    ],
  },
  {
    name: 'who left by itself is ended by the run',
    edits: [
      {
        file: 'src/reaper/record-round.ts',
        find: 'const signalled = signalledBefore || signalledNow;',
        replace: 'const signalled = signalledBefore || signalledNow !== null;',
      },
    ],
  },
  {
    name: 'a signal of an earlier round is forgotten',
    edits: [
      {
        file: 'src/reaper/record-round.ts',
        find: 'const signalled = signalledBefore || signalledNow;',
        replace: 'const signalled = signalledNow;',
      },
      {
        file: 'src/reaper/record-outcomes.ts',
        find: 'return effect.signalled === false && number > 0 ?',
        replace: 'return number < 0 ?',
      },
    ],
  },
  {
    name: 'an idle one is taken for used again',
    edits: [
      {
        file: 'src/reaper/decide-outcome.ts',
        find: "(seen.activity !== 'unknown' && isUsedSince(record.lastActiveAt, seen.lastActiveAt));",
        replace: "seen.activity !== 'unknown';",
      },
    ],
  },
  {
    name: "a late death of a signal is nobody's",
    edits: [
      {
        file: 'src/reaper/observe-changes.ts',
        find: '      if (isLateEndDue(record)) {\n',
        replace: '      if (record === null) {\n',
      },
    ],
  },
  {
    name: 'runs that died stay open',
    edits: [
      {
        file: 'src/reaper/begin-run.ts',
        find: '    await endAbandonedRuns(ports, run);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'a lock is given back by whoever',
    edits: [
      {
        file: 'src/session-table/memory-session-table.ts',
        find: 'if (locks.get(target)?.runId === runId) {',
        replace: 'if (runId !== null) {',
      },
    ],
  },
  {
    name: 'a repeated step plans anew',
    edits: [
      {
        file: 'src/reaper/plan-actions.ts',
        find: 'const stored = await table.readPlan(key);',
        replace: 'const stored = await table.readPlan(key).then(() => null);',
      },
      {
        file: 'src/session-table/memory-session-table.ts',
        find: '} else if (stored.hash !== plan.hash) {',
        replace:
          '} else if (stored.hash !== plan.hash && plans.set(keyText(planHeadKey(key)), frozenCopy(plan)) === undefined) {',
      },
    ],
  },
];
