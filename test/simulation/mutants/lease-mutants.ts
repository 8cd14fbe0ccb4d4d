import type { Mutant } from './mutant.ts';

/** Faults in who has a session when, for how long, and in what state the next one finds it. */
export const LEASE_MUTANTS: readonly Mutant[] = [
  {
    name: 'a lease lasts for a day',
    edits: [
      {
        file: 'src/pool/renew-held.ts',
        find: 'until: plusSeconds(at, limits.leaseSeconds)',
        replace: 'until: plusSeconds(at, 86_400)',
      },
    ],
  },
  {
    name: "a lease whose holder died is nobody's business",
    edits: [
      {
        file: 'src/pool/tidy-sessions.ts',
        find: "if (isLeaseOver(record, at, context.limits.leaseGraceSeconds) && record.state === 'leased') {",
        replace: "if (record.state === 'creating' && record.lease === null) {",
      },
      {
        file: 'src/reaper/pooled/observe-pooled-session.ts',
        find: 'if (isHeld(record, at)) {',
        replace: "if (record.state === 'leased') {",
      },
    ],
  },
  {
    name: "a creation that nobody finished is nobody's business",
    edits: [
      {
        file: 'src/pool/tidy-sessions.ts',
        find: 'if (isCreationOverdue(context, record, at)) {',
        replace: 'if (record.lease === undefined) {',
      },
      {
        file: 'src/reaper/pooled/observe-pooled-session.ts',
        find: "return isCreationLost(record, at) ? 'never-opened' : null;",
        replace: 'return null;',
      },
    ],
  },
  {
    name: 'an open transaction is left to the next',
    edits: [
      {
        file: 'src/pool/session-of-tenant.ts',
        find: 'if (this.#inTransaction && this.#held !== null) {',
        replace: 'if (this.#isLost && this.#held !== null) {',
      },
    ],
  },
  {
    name: 'the transaction of a holder that died is left to the next',
    edits: [
      {
        file: 'src/pool/tidy-sessions.ts',
        find: "if (record.lease?.use === 'session' || record.lease?.retireAfter === true) {",
        replace: 'if (record.lease?.retireAfter === true) {',
      },
    ],
  },
  {
    name: 'a query whose answer was lost is sent again',
    edits: [
      {
        file: 'src/pool/submit-safely.ts',
        find: 'if (error instanceof SessionUnavailable || error instanceof SubmitRefused) {\n      return error;',
        replace:
          'if (error instanceof SessionUnavailable || error instanceof SubmitRefused || error instanceof DataApiFailed) {\n      return error as SubmitRefused;',
      },
    ],
  },
  {
    name: 'an instance lends its sessions to any tenant',
    edits: [
      {
        file: 'src/pool/key-pool.ts',
        find: 'JSON.stringify([key.tenant, key.target, key.database, key.dbUser])',
        replace: 'JSON.stringify([key.target, key.database])',
      },
    ],
  },
  {
    name: 'the bound of a tenant is not kept',
    edits: [
      {
        file: 'src/pool/create-pooled-session.ts',
        find: 'Array.from({ length: limits.maxPerTenant }',
        replace: 'Array.from({ length: limits.maxPerTenant + 1 }',
      },
    ],
  },
  {
    name: "a slot of the target is nobody's while the index lags",
    edits: [
      {
        file: 'src/pool/sweep-pool.ts',
        find: '!known.has(slot.holder) && slot.until < before,',
        replace: "!known.has(slot.holder) && slot.until !== '',",
      },
    ],
  },
  {
    name: 'slots of the target that nobody has are not freed',
    edits: [
      {
        file: 'src/pool/sweep-pool.ts',
        find: '!known.has(slot.holder) && slot.until < before,',
        replace: "!known.has(slot.holder) && slot.until === '',",
      },
    ],
  },
  {
    name: 'the event of an earlier statement gives the present lease back',
    edits: [
      {
        file: 'src/pool/release-by-statement.ts',
        find: "if (record.lease?.use !== 'statement' || record.lease.fence !== origin.fence) {",
        replace: 'if (record.lease === null) {',
      },
    ],
  },
  {
    name: 'a session is given back while its statement runs',
    edits: [
      {
        file: 'src/pool/submit-long.ts',
        find: '    await leaveTo(context, held, submitted.statementId);\n',
        replace: `    await leaveTo(context, held, submitted.statementId);
    const { settleLease } = await import('./settle-lease.ts');
    await settleLease(context, pool, { ...held, record: (await context.table.readSession(held.record.key, held.record.slot)) ?? held.record }, 'used');
`,
      },
    ],
  },
  {
    name: 'an item belongs to whichever backend has its pid now',
    edits: [
      {
        file: 'src/reaper/pooled/view-pool.ts',
        find: 'record.backendStartedAt === startedAt)',
        replace: "record.backendStartedAt !== '')",
      },
    ],
  },
];
