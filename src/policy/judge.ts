import type { Backend } from '../backends/backend.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { isUsedSince } from '../lifecycle/is-used-since.ts';
import { canRecover } from '../lifecycle/recover-backend.ts';
import { clockDifference, MAX_CLOCK_DIFFERENCE_SECONDS } from './clock-difference.ts';
import { judgeByRule } from './judge-by-rule.ts';
import { matchesRule, namesUser } from './matches-rule.ts';
import { isEndable, type PoolStanding } from './pool-standing.ts';
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
  const protection = findProtection(backend, standing, ahead);
  const rule = rules.find(({ match }) => matchesRule(match, backend, standing)) ?? null;
  if (protection !== null) {
    return keep(backend, protection.code, protection.reason);
  }
  if (backend.superuser && !(rule !== null && namesUser(rule, backend.identity.user))) {
    return keep(backend, 'superuser', {
      clause: 'not a superuser, or named by the rule without a wildcard',
      measured: rule === null ? 'no rule' : rule.name,
      limit: null,
      held: false,
    });
  }
  if (rule === null) {
    return keep(backend, 'no-rule', { clause: 'a rule matches', measured: rules.length, limit: null, held: false });
  }
  const owner = ownerOf(backend, rule);
  const verdict = judgeByRule({ backend, record, rule, owner, clockDifference: ahead, now });
  return standing === null ? verdict : { ...verdict, reasons: [...verdict.reasons, notLeased(standing)] };
}

function findProtection(
  backend: Backend,
  standing: PoolStanding | null,
  ahead: number,
): { code: string; reason: Reason } | null {
  if (backend.own) {
    return { code: 'own', reason: fact('not the own session') };
  }
  if (backend.system) {
    return { code: 'system', reason: fact("not the platform's own session") };
  }
  if (standing !== null && !isEndable(standing)) {
    return { code: standing.kind === 'leased' ? 'leased' : 'pool-unclear', reason: notLeased(standing) };
  }
  if (backend.activity === 'running') {
    return { code: 'running', reason: fact('not running') };
  }
  if (backend.activity === 'unknown') {
    return { code: 'unknown', reason: fact('activity is known') };
  }
  if (Math.abs(ahead) > MAX_CLOCK_DIFFERENCE_SECONDS) {
    const measured = Math.round(ahead);
    const clause = 'seconds between the clocks <= limit';
    return { code: 'unknown', reason: { clause, measured, limit: MAX_CLOCK_DIFFERENCE_SECONDS, held: false } };
  }
  return null;
}

/** Nobody may be about to use it: the pool must be sure of that. */
function notLeased(standing: PoolStanding): Reason {
  return { clause: 'not leased from the pool', measured: standing.kind, limit: 'leased', held: isEndable(standing) };
}

/** A clause that is plainly not true of the backend. */
function fact(clause: string): Reason {
  return { clause, measured: false, limit: true, held: false };
}

function keep(backend: Backend, code: string, reason: Reason): Judgement {
  return { backend, action: 'keep', rule: null, code, reasons: [reason], owner: null, endsAt: null };
}

/** It had been warned in an earlier idle spell and was used since. An unknown activity proves nothing. */
function isRecovered(backend: Backend, record: BackendRecord): boolean {
  const used = backend.activity === 'running' || isUsedSince(record.lastActiveAt, backend.lastActiveAt);
  return backend.activity !== 'unknown' && used && canRecover(record);
}
