import type { PlanMember } from '../policy/plan.ts';
import type { BackendRecord } from './backend-record.ts';

/** What is known of a backend before it is on record; a member of a plan is. */
export type Recordable = Pick<
  PlanMember,
  'identity' | 'database' | 'application' | 'clientHost' | 'lastActiveAt' | 'rule' | 'owner'
>;

/** A record before its first event (version 0); only a verb makes it one that can be saved. */
export function newRecord(member: Recordable): BackendRecord {
  return {
    identity: member.identity,
    state: 'recovered',
    version: 0,
    ...describedBy(member),
    receipt: null,
    endsAt: null,
    claim: null,
    outcome: null,
    events: [],
    eventsDropped: 0,
    updatedAt: '',
  };
}

/** What a plan knows of a backend and the record keeps. */
export function describedBy(
  member: Recordable,
): Pick<BackendRecord, 'database' | 'application' | 'clientHost' | 'lastActiveAt' | 'rule' | 'owner'> {
  return {
    database: member.database,
    application: member.application,
    clientHost: member.clientHost,
    lastActiveAt: member.lastActiveAt,
    rule: member.rule,
    owner: member.owner,
  };
}
