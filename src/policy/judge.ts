import type { Backend } from '../backends/backend.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { isUsedSince } from '../lifecycle/is-used-since.ts';
import { canRecover } from '../lifecycle/recover-backend.ts';
import { clockDifference } from './clock-difference.ts';
import { judgeByRule } from './judge-by-rule.ts';
import { matchesRule } from './matches-rule.ts';
import type { PoolStanding } from './pool-standing.ts';
import { notLeased, protectionsOf, superuserClause } from './protections.ts';
import type { Rule } from './rule.ts';
import type { Reason, Verdict } from './verdict.ts';

/** Everything that a judgement depends on. */
export interface JudgeInput {
  readonly snapshot: Snapshot;
  /** What the table knows of the snapshot's backends; records of others are ignored. */
  readonly records: readonly BackendRecord[];
  /** What the session pool says of the snapshot's backends, by backend key; those missing are none of the pool's. */
  readonly standings: ReadonlyMap<string, PoolStanding>;
  /** First match wins. */
  readonly rules: readonly Rule[];
  /** Who is told about a backend to which a rule applies. */
  readonly ownerOf: (backend: Backend, rule: Rule) => string;
  /** Slotkeeper's clock, the one that stamps receipts. */
  readonly now: Date;
}

type Judgement = Omit<Verdict, 'recovered' | 'standing'>;

/**
 * Decides what is to be done with each backend of a snapshot, and says why. One verdict per backend, in their order.
 *
 * Protections come first, in this order: own session, the platform's, leased from the pool or
 * perhaps so, running, unknown, superuser (unless the rule that
 * decides names the user without a wildcard). Then the first rule that matches decides.
 */
export function judge(input: JudgeInput): Verdict[] {
  const records = new Map(input.records.map((record) => [backendKey(record.identity), record]));
  const ahead = clockDifference(input.snapshot, input.now);
  return input.snapshot.backends.map((backend) => {
    const record = records.get(backendKey(backend.identity)) ?? null;
    const standing = input.standings.get(backendKey(backend.identity)) ?? null;
    const recovered = record !== null && isRecovered(backend, record);
    return { ...judgeOne(input, backend, record, standing, ahead), standing, recovered };
  });
}

function judgeOne(
  { rules, ownerOf, now }: JudgeInput,
  backend: Backend,
  record: BackendRecord | null,
  standing: PoolStanding | null,
  ahead: number,
): Judgement {
  const protection = protectionsOf(backend, standing, ahead).find(({ reason }) => !reason.held);
  if (protection !== undefined) {
    return keep(backend, protection.code, protection.reason);
  }
  const rule = rules.find(({ match }) => matchesRule(match, backend, standing)) ?? null;
  const named = superuserClause(backend, rule);
  if (!named.held) {
    return keep(backend, 'superuser', named);
  }
  if (rule === null) {
    return keep(backend, 'no-rule', { clause: 'a rule matches', measured: rules.length, limit: null, held: false });
  }
  const owner = ownerOf(backend, rule);
  const verdict = judgeByRule({ backend, record, rule, owner, clockDifference: ahead, now });
  return standing === null ? verdict : { ...verdict, reasons: [...verdict.reasons, notLeased(standing)] };
}

function keep(backend: Backend, code: string, reason: Reason): Judgement {
  return { backend, action: 'keep', rule: null, code, reasons: [reason], owner: null, endsAt: null };
}

/** It had been warned in an earlier idle spell and was used since. An unknown activity proves nothing. */
function isRecovered(backend: Backend, record: BackendRecord): boolean {
  const used = backend.activity === 'running' || isUsedSince(record.lastActiveAt, backend.lastActiveAt);
  return backend.activity !== 'unknown' && used && canRecover(record);
}
