import type { Mutant } from './mutant.ts';

/** Faults in how the pool shares sessions, and in how reaper and pool agree. */
export const POOL_MUTANTS: readonly Mutant[] = [
  {
    name: 'a lease has no fence',
    edits: [
      {
        file: 'src/pool/lifecycle/lease-session.ts',
        find: 'const fence = record.fence + 1;',
        replace: 'const fence = record.fence;',
      },
    ],
  },
  {
    name: 'a session is written whatever its version',
    edits: [
      {
        file: 'src/session-table/memory-session-pool-table.ts',
        find: 'if ((sessions.get(key)?.version ?? 0) !== record.version - 1) {',
        replace: 'if (sessions === null) {',
      },
    ],
  },
  {
    name: 'a write that lost is taken for one that was repeated',
    edits: [
      { file: 'src/pool/save-session.ts', find: '    stored !== null &&\n', replace: '    stored !== null ||\n' },
    ],
  },
  {
    name: 'a lease is over at once',
    edits: [
      {
        file: 'src/pool/lifecycle/session-times.ts',
        find: 'return record.lease !== null && Date.parse(at) > Date.parse(plusSeconds(record.lease.until, graceSeconds));',
        replace: 'return record.lease !== null;',
      },
    ],
  },
  {
    name: 'a lost lease is renewed',
    edits: [
      {
        file: 'src/pool/renew-held.ts',
        find: 'if (stored === null || !isSameLease(held, stored)) {',
        replace: 'if (stored === null) {',
      },
    ],
  },
  {
    name: 'a busy session is taken for idle',
    edits: [
      {
        file: 'src/pool/verify-session.ts',
        find: "if (found.status === 'AVAILABLE') {",
        replace: "if (found.status !== 'CLOSED') {",
      },
    ],
  },
  {
    name: 'tenants share their slots',
    edits: [
      {
        file: 'src/session-table/pool-item-keys.ts',
        find: `\`TENANT#\${segment(tenant)}#TARGET#`,
        replace: '`TENANT##TARGET#',
      },
      {
        file: 'src/session-table/pool-item-keys.ts',
        find: `#DATABASE#\${segment(database)}#USER#\${segment(dbUser)}\``,
        replace: `#DATABASE#\${segment(database)}#USER#\``,
      },
    ],
  },
  {
    name: 'the bound of the target is not kept',
    edits: [
      {
        file: 'src/session-table/memory-session-pool-table.ts',
        find: "held !== undefined && held.holder !== slot.holder && held.until > utcInstant(at, 'now')",
        replace: 'held === null',
      },
    ],
  },
  {
    name: 'a session is counted as gone before its keep-alive is over',
    edits: [
      {
        file: 'src/pool/lifecycle/session-times.ts',
        find: 'return isIdle && Date.parse(at) > Date.parse(plusSeconds(record.aliveUntil, 2 * marginSeconds));',
        replace: 'return isIdle && Date.parse(at) > Date.parse(plusSeconds(record.aliveUntil, -60));',
      },
    ],
  },
  {
    name: 'a slot is free while its session is being closed',
    edits: [
      {
        file: 'src/pool/verify-session.ts',
        find: "if (found === null || found.status === 'CLOSED') {",
        replace: "if (found === null || found.status === 'CLOSED' || record.state === 'draining') {",
      },
    ],
  },
  {
    name: 'a creation whose pool died is given up unseen',
    edits: [
      {
        file: 'src/pool/resolve-creation.ts',
        find: "if (found === null || found.status === 'CLOSED') {",
        replace: "if (found === null || found.status !== 'OPEN') {",
      },
    ],
  },
  {
    name: 'the transaction of a creator that died is left to the next',
    edits: [{ file: 'src/pool/resolve-creation.ts', find: 'adopt: mayShare(record),', replace: 'adopt: true,' }],
  },
  {
    name: 'leases of the pool are nothing to the reaper',
    edits: [
      {
        file: 'src/reaper/pooled/pool-terms.ts',
        find: "return record.state === 'leased' && !isLeaseOver(record, at, LEASE_GRACE_SECONDS);",
        replace: 'return record === null;',
      },
      {
        file: 'src/reaper/pooled/drain-victims.ts',
        find: 'if (!canDrain(record, at, LEASE_GRACE_SECONDS) && ',
        replace: 'if (record === null && ',
      },
    ],
  },
  {
    name: 'nothing is drained',
    edits: [
      {
        file: 'src/reaper/claim-victims.ts',
        find: 'const drained = await drain(member);',
        replace: 'const drained: Drained = { refusal: null, restore: async () => undefined };',
      },
    ],
  },
  {
    name: 'a victim is claimed before it is drained',
    edits: [
      {
        file: 'src/reaper/claim-victims.ts',
        find: '  const drained = await drain(member);\n  if (drained.refusal !== null) {\n    return drained.refusal;\n  }\n',
        replace: '',
      },
      {
        file: 'src/reaper/claim-victims.ts',
        find: '  if (refusal !== null) {\n    await drained.restore();\n  }\n  return refusal;',
        replace: '  return refusal ?? (await drain(member)).refusal;',
      },
    ],
  },
  {
    name: 'a session that was leased since the plan is drained all the same',
    edits: [
      {
        file: 'src/reaper/pooled/drain-victims.ts',
        find: "    if (!isSameTurn(refOf(record), ref)) {\n      return refused('used-since');\n    }\n",
        replace: '',
      },
      {
        file: 'src/reaper/pooled/drain-victims.ts',
        find: 'if (!canDrain(record, at, LEASE_GRACE_SECONDS) && ',
        replace: 'if (record === null && ',
      },
    ],
  },
  {
    name: 'what was signalled is given back to the pool',
    edits: [
      {
        file: 'src/reaper/pooled/settle-pooled-victim.ts',
        find: "if (signalled === false && seen?.activity === 'idle' &&",
        replace: "if (seen?.activity === 'idle' &&",
      },
    ],
  },
  {
    name: 'what an earlier run drains is given back at once',
    edits: [
      {
        file: 'src/reaper/pooled/restore-abandoned.ts',
        find: 'Date.parse(one) >= config.runs.lockFor * 1000',
        replace: 'Date.parse(one) >= 0',
      },
    ],
  },
  {
    name: 'a session that is being opened is an orphan',
    edits: [
      {
        file: 'src/reaper/pooled/view-pool.ts',
        find: 'perhaps.some((record) => !isCreationLost(record, look.at))',
        replace: 'perhaps.length < 0',
      },
      {
        file: 'src/reaper/pooled/drain-victims.ts',
        find: 'return await drainLost(ports, run, lostCreations.get(backendKey(victim.identity)) ?? []);',
        replace: 'return await drainLost(ports, run, []);',
      },
    ],
  },
  {
    name: 'an orphan is ended while a pool may adopt it',
    edits: [
      {
        file: 'src/reaper/pooled/drain-victims.ts',
        find: 'return await drainLost(ports, run, lostCreations.get(backendKey(victim.identity)) ?? []);',
        replace: 'return await drainLost(ports, run, []);',
      },
    ],
  },
  {
    name: 'a session whose item seems younger is an orphan',
    edits: [
      {
        file: 'src/reaper/pooled/view-pool.ts',
        find: '      ...samePid.filter((record) => isPerhapsOf(record, backend.identity)),\n',
        replace: '',
      },
    ],
  },
  {
    name: 'whatever is not seen has ended, however young',
    edits: [
      {
        file: 'src/reaper/pooled/observe-pooled-session.ts',
        find: 'return reason === null || !isSettled ? null',
        replace: 'return reason === null ? null',
      },
    ],
  },
];
